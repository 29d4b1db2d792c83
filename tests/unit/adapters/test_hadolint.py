"""hadolint gets copies, an empty environment and a named configuration; another answer than its own is unavailable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from go_release_gate.adapters.hadolint import Hadolint, LintWord
from go_release_gate.adapters.process import Completed
from go_release_gate.errors import UnavailableError

ANSWER = b'[{"code":"DL3003","column":1,"file":"0","level":"warning","line":2,"message":"Use WORKDIR"}]'


class Fake:
    """Keeps what it was asked and answers as told."""

    def __init__(self, answer: Completed) -> None:
        self.answer = answer
        self.argv: Sequence[str] = ()
        self.env: Mapping[str, str] = {}
        self.files: dict[str, bytes] = {}

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        timeout: float,  # noqa: ARG002 - the protocol has it
        stdin: bytes = b"",  # noqa: ARG002
        output_limit: int = 0,  # noqa: ARG002
    ) -> Completed:
        self.argv, self.env = argv, env
        self.files = {one.name: one.read_bytes() for one in cwd.iterdir()}
        return self.answer


def test_what_it_is_given(tmp_path: Path) -> None:
    """Its configuration is the one named, its files are numbers: no path of the repository reaches it."""
    runner = Fake(Completed(0, ANSWER, b"", 0.1))
    found = Hadolint(Path("/bin/hadolint"), runner, tmp_path).lint(
        [("-x/Dockerfile", "FROM a\nRUN cd /x\n")], b"ignored: []"
    )
    assert found == (LintWord("-x/Dockerfile", 2, 1, "DL3003", "warning", "Use WORKDIR"),)
    assert list(runner.argv[-4:]) == ["-c", "configuration", "--", "0"]
    assert runner.files == {"configuration": b"ignored: []", "0": b"FROM a\nRUN cd /x\n"}
    assert set(runner.env) == {"PATH", "HOME", "LC_ALL"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "answer",
    [
        Completed(0, b"no json", b"", 0.1),
        Completed(0, b'[{"file":"7"}]', b"", 0.1),
        Completed(0, b"{}7", b"", 0.1),
        Completed(1, ANSWER, b"", 0.1),
        Completed(0, ANSWER, b"", 0.1, timed_out=True),
        Completed(0, ANSWER, b"", 0.1, truncated=True),
    ],
)
def test_no_answer(answer: Completed, tmp_path: Path) -> None:
    """What is no list of findings, or not all of it, is unavailable."""
    with pytest.raises(UnavailableError):
        Hadolint(Path("/bin/hadolint"), Fake(answer), tmp_path).lint([("Dockerfile", "FROM a\n")])
