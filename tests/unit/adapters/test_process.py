"""What only the real runner can show: groups, limits, threads, signals."""

from __future__ import annotations

import os
import resource
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.errors import UnavailableError

ENV = {"PATH": os.environ["PATH"]}


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _gone(pid: int) -> bool:
    end = time.monotonic() + 5
    while _is_alive(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def test_the_whole_group_ends_at_the_time_limit(tmp_path: Path) -> None:
    """A grandchild that ignores SIGTERM is gone when the run returns."""
    line = "(trap '' TERM; while :; do sleep 1; done) & echo $!; wait"
    answer = ProcessRunner(grace=0.2).run(["sh", "-c", line], cwd=tmp_path, env=ENV, timeout=0.5)
    assert answer.timed_out
    assert _gone(int(answer.stdout))


def test_a_helper_left_behind_does_not_hold_the_run(tmp_path: Path) -> None:
    """A program that ends while a background process holds its output open returns soon, and that process is ended."""
    answer = ProcessRunner().run(["sh", "-c", "sleep 60 & echo $!"], cwd=tmp_path, env=ENV, timeout=30)
    assert answer.returncode == 0
    assert not answer.timed_out
    assert answer.seconds < 10
    assert _gone(int(answer.stdout))


def test_a_program_that_closes_its_output_is_waited_for(tmp_path: Path) -> None:
    """The exit code is the true one even when both outputs close long before the end."""
    answer = ProcessRunner().run(["sh", "-c", "exec >&- 2>&-; sleep 0.7; exit 5"], cwd=tmp_path, env=ENV, timeout=30)
    assert answer.returncode == 5
    assert answer.seconds > 0.6


def test_the_environment_is_the_given_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of our own environment reaches a child."""
    monkeypatch.setenv("GITHUB_TOKEN", "canary-secret")
    out = ProcessRunner().run(["/usr/bin/env"], cwd=tmp_path, env={"ONLY": "this"}, timeout=30).stdout
    assert out == b"ONLY=this\n"


def test_children_have_limits_and_we_keep_ours(tmp_path: Path) -> None:
    """A child may write no core file and no file without bound; our own limits are as before."""
    before = resource.getrlimit(resource.RLIMIT_CORE), resource.getrlimit(resource.RLIMIT_FSIZE)
    runner = ProcessRunner(limits={resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 4096})
    said = runner.run(["sh", "-c", "ulimit -c; head -c 9999 /dev/zero > big"], cwd=tmp_path, env=ENV, timeout=30)
    assert said.stdout == b"0\n"
    assert (tmp_path / "big").stat().st_size == 4096
    assert (resource.getrlimit(resource.RLIMIT_CORE), resource.getrlimit(resource.RLIMIT_FSIZE)) == before


def test_a_lower_limit_of_ours_is_not_raised(tmp_path: Path) -> None:
    """The default limits never give a child more than we have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 128), hard))
    try:
        said = ProcessRunner().run(["sh", "-c", "ulimit -n"], cwd=tmp_path, env=ENV, timeout=30)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert int(said.stdout) == min(soft, 128)


def test_children_have_no_terminal_and_their_own_session(tmp_path: Path) -> None:
    """A child leads its own session: no prompt reaches a terminal, and its group is its own."""
    out = ProcessRunner().run(["sh", "-c", "echo $$; cat /proc/$$/stat"], cwd=tmp_path, env=ENV, timeout=30).stdout
    pid, stat = out.decode().split("\n", 1)
    assert stat.rpartition(")")[2].split()[2:4] == [pid, pid]


def test_threads_run_processes_at_once(tmp_path: Path) -> None:
    """Eight threads and many processes: every answer is whole and its own, and no descriptor is left open."""
    runner = ProcessRunner()
    before = len(list(Path("/proc/self/fd").iterdir()))

    def work(number: int) -> bytes:
        return runner.run(["cat"], cwd=tmp_path, env=ENV, timeout=60, stdin=b"%d " % number * 20_000).stdout

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(work, range(64)))
    assert answers == [b"%d " % number * 20_000 for number in range(64)]
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_ending_all_reaches_running_children(tmp_path: Path) -> None:
    """`terminate_all` ends processes of other threads, stubborn ones too, and their runs say why."""
    runner = ProcessRunner(grace=0.2)
    failures: list[UnavailableError] = []

    def work() -> None:
        line = "trap '' TERM; echo $$ > pid; while :; do sleep 1; done"
        with pytest.raises(UnavailableError) as caught:
            runner.run(["sh", "-c", line], cwd=tmp_path, env=ENV, timeout=60)
        failures.append(caught.value)

    thread = threading.Thread(target=work)
    thread.start()
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.01)
    runner.terminate_all()
    thread.join(20)
    assert "being ended" in failures[0].message
    assert _gone(int((tmp_path / "pid").read_text()))


def test_no_shell_stands_between(tmp_path: Path) -> None:
    """Arguments arrive as they are, whatever they contain."""
    argument = "$(touch hit); `touch hit` ; * \n::warning::"
    out = ProcessRunner().run(["printf", "%s", argument], cwd=tmp_path, env=ENV, timeout=30).stdout
    assert out.decode() == argument
    assert not (tmp_path / "hit").exists()


@pytest.mark.parametrize(("name", "content"), [("no-right", "#!/bin/sh\n"), ("binary", "\x7fELF")])
def test_what_cannot_be_started_is_unavailable(tmp_path: Path, name: str, content: str) -> None:
    """A file without the right to run, or of no known kind, is named in one message with a hint."""
    program = tmp_path / name
    program.write_text(content)
    program.chmod(0o755 if name == "binary" else 0o644)
    with pytest.raises(UnavailableError, match=name) as caught:
        ProcessRunner().run([str(program)], cwd=tmp_path, env=ENV, timeout=30)
    assert caught.value.hint


def test_a_zero_byte_in_an_argument_is_unavailable(tmp_path: Path) -> None:
    """No argument of a process can hold a zero byte; that is a message and not a crash."""
    with pytest.raises(UnavailableError, match="cannot be started"):
        ProcessRunner().run(["echo", "a\0b"], cwd=tmp_path, env=ENV, timeout=30)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give up rights")
def test_children_run_as_the_given_user(tmp_path: Path) -> None:
    """User, group and supplementary groups are the given ones and nothing of ours remains."""
    tmp_path.chmod(0o755)
    out = ProcessRunner(user=65534, group=65533).run(["id"], cwd=Path("/"), env=ENV, timeout=30).stdout.decode()
    assert "uid=65534" in out
    assert "gid=65533" in out
    assert "(root)" not in out
