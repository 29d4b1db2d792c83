"""A pull request in the fake GitHub with findings on it, and the report of a run that judged its merge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fakes.github import GitHub
from fakes.github.state import CheckRun
from go_release_gate.adapters.github.client import Client, Timing
from go_release_gate.adapters.github.connection import Connection
from go_release_gate.adapters.github.wire import Wire
from go_release_gate.model.finding import Edit, Finding, Fix, Location
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import CheckReport
from go_release_gate.publish.placement import Texts
from go_release_gate.publish.publish import Published, Wishes, publish
from go_release_gate.publish.target import Target
from go_release_gate.report import annotations
from support.reports import finding, passing

GO_MOD = "module example.com/shop\n\ngo 1.24\n\nrequire (\n\texample.com/left v1.4.0\n\texample.com/right v0.2.0\n)\n"
OLD_GO_MOD = GO_MOD.replace("v0.2.0", "v0.1.0")
GO_SUM = "".join(f"example.com/m{number} v1.0.0 h1:AAAA=\n" for number in range(8))


class Clock:
    """Time that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def untidy(line: int = 7, *, path: str = "go.mod", number: int = 0) -> Finding:
    """An untidy-module finding; the one at line 7 of go.mod has a fix of that line."""
    edits = (Edit("go.mod", 7, 7, "\texample.com/right v0.2.1\n"),)
    return finding(
        "untidy-module",
        f"go.mod should say something else ({number})",
        location=Location(path, line, line, 1),
        module=".",
        key=f"{path} {number}",
        command="go mod tidy",
        fix=Fix(safe=True, edits=edits) if (path, line) == ("go.mod", 7) else None,
    )


def faulty(count: int = 2) -> CheckReport:
    """A failing report: one finding in the diff with a fix, the others in go.sum, which is not in the diff."""
    findings = [untidy(), *(untidy(1 + number % 8, path="go.sum", number=number) for number in range(1, count))]
    return replace(passing(), verdict=Verdict.FAIL, findings=tuple(findings))


def mended() -> CheckReport:
    """The report after everything was mended."""
    return passing()


@dataclass
class World:
    """The fake, a pull request of it, and one who publishes to it."""

    github: GitHub
    clock: Clock = field(default_factory=Clock)
    number: int = 7
    timeout: float = 5.0
    client: Client | None = None

    def __post_init__(self) -> None:
        files = {"go.mod": (OLD_GO_MOD, GO_MOD)}
        self.github.commit("base", {"go.mod": OLD_GO_MOD, "go.sum": GO_SUM})
        self.pull = self.github.open_pull_request(self.number, "head", files=files)

    def target(self, attempt: str = "1") -> Target:
        """What a run on the pull request's head reports on."""
        head = self.pull.head_sha
        run = "https://github.example.com/acme/shop/actions/runs/42"
        return Target("acme/shop", self.number, head, self.pull.base_sha, run=run, key=f"key-{attempt}-{head}")

    def connect(self, *, deadline: float = 90.0, spacing: float = 1.0) -> Client:
        """A client whose waiting takes no time."""
        connection = Connection(self.github.api_url, "acme/shop", self.github.token, timeout=self.timeout)
        timing = Timing(clock=self.clock, sleep=self.clock.sleep, chance=max, deadline=deadline, spacing=spacing)
        self.client = Client(Wire(connection), "acme/shop", timing)
        return self.client

    def publish(
        self, report: CheckReport, attempt: str = "1", wishes: Wishes | None = None, target: Target | None = None
    ) -> Published:
        """Publish as a run of its own."""
        head = self.github.repository.commits[self.pull.head_sha].files
        texts = Texts(judged=head.get, head=head.get)
        return publish(report, target or self.target(attempt), self.connect(), wishes or Wishes(), texts)

    @property
    def check_runs(self) -> list[CheckRun]:
        """All check runs there are."""
        return list(self.github.repository.check_runs.values())

    def annotated(self) -> Counter[tuple[str, int, str]]:
        """Path, line and message of every annotation there is."""
        return sum((self.annotated_of(run) for run in self.github.repository.check_runs.values()), Counter())

    def annotated_of(self, run: CheckRun) -> Counter[tuple[str, int, str]]:
        """Path, line and message of every annotation of one check run."""
        return Counter((note["path"], note["start_line"], note["message"]) for note in run.annotations)

    def expected(self, report: CheckReport, without: Callable[[Finding], bool]) -> Counter[tuple[str, int, str]]:
        """What the annotations of `report` must be, findings left out that stand in the review."""
        placed = annotations.annotations(replace(report, findings=tuple(f for f in report.findings if not without(f))))
        return Counter((note.path, note.start_line, note.message) for note in placed)
