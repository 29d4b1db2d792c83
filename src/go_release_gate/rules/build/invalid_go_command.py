"""A `go` command line that the Go in use refuses.

## What it finds

- A flag that this Go has not yet (`go mod tidy -diff` before 1.23, `-buildvcs` before 1.18, `-C` before 1.20) or has no
  more (`go get -insecure` since 1.17, `go build -i` since 1.20), or that no Go has for this verb.
- A verb that this Go has not yet (`go work` before 1.18, `go telemetry` before 1.23), or that none has.
- A version where none is taken (`go build module@v1.2.3`), `@none` and `@patch` in `go install` and `go run`, different
  versions in one `go install`, `go install module@version` before 1.16, `go run module@version` before 1.17.
- A flag behind the packages (`go build ./... -o app`), arguments of `go mod tidy`, `-C` that is not the first flag.
- GOFLAGS with a word that is no flag of any command of this Go: every command fails.
- `go get` that is to install a program outside any module, in a stage of a Dockerfile: since Go 1.18 it does not.

## Why

The command fails, often only in the release's image build, whose Go is another one than the developers'.

## Fix

Use the form of that Go, or raise the Go of the image or of the workflow.

## Limits

The Go in use is that of the stage's image, of actions/setup-go with a written version, of the job's container, or of a
command named after its release (`go1.22.3`). Where go.mod asks for a newer Go from 1.21 on, that one counts. Where it
is not known, only what every Go from go.mod's `go` line up to the newest known one refuses is told, as a warning. What
stands behind a condition may be guarded by a look at the version; it is only judged where no Go takes it. Flags of
`go test`, `go vet`, `go fix`, `go doc` and of tools that Go does not know are theirs.

## References

- https://pkg.go.dev/cmd/go
- https://go.dev/doc/devel/release
- https://go.dev/doc/go-get-install-deprecation
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.go_calls import GoCall, GoCalls
from go_release_gate.facts.repository import Repository
from go_release_gate.gocommand.history import NEWEST, OLDEST, Problem, goflags_problems, minor_of, problems
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._calls import SOURCES, place, shown, target
from go_release_gate.rules.build._outside import is_outside_module

RULE = Rule(
    id="invalid-go-command",
    summary="a `go` command line that the Go in use refuses",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Repository, GoCalls),
    uses=SOURCES,
)
_FIRST_SWITCHING = 21  # the first Go that fetches another one
_FIRST_WITHOUT_GET = 18


@RULE.check
def check(repository: Repository, calls: GoCalls, *_sources: object) -> Iterator[Draft]:
    """One draft for each problem of each command line."""
    lines = {
        module.dir: minor_of(module.mod.go.value) or 0 for module in repository.modules if module.mod and module.mod.go
    }
    told: set[tuple[str, int, str]] = set()
    for call in calls.calls:
        if call.environment.get("GO111MODULE") == "off":
            continue
        asked = _asked(call.directory, lines)
        for draft, subject in _judged(call, asked):
            if (call.path, call.line, subject) not in told:
                told.add((call.path, call.line, subject))
                yield draft


def _asked(directory: str, lines: dict[str, int]) -> int:
    """The `go` line of the module that the command runs in; where that is not known, the newest of all."""
    current = directory
    while current:
        if current in lines:
            return lines[current]
        current = "" if current == "." else current.rpartition("/")[0] or "."
    return max(lines.values(), default=0) if not directory else 0


def _judged(call: GoCall, asked: int) -> Iterator[tuple[Draft, str]]:
    known = minor_of(call.go)
    if known is not None and known >= OLDEST:
        used = max(known, asked) if known >= _FIRST_SWITCHING else known
        found = _all(call, used)
        words = f"Go 1.{used}"
    else:
        used, found = None, _by_all(call, max(asked, _FIRST_SWITCHING))
        words = "Go"
    if call.is_conditional:
        found = [one for one in found if one in _by_all(call, OLDEST)]
    for problem in found:
        severity = Severity.ERROR if used is not None and not call.is_conditional else Severity.WARNING
        yield _draft(call, problem, severity, words), problem.subject
    if used is not None and used >= _FIRST_WITHOUT_GET and _is_installing_get(call):
        yield _of_get(call), "get"


def _all(call: GoCall, minor: int) -> list[Problem]:
    return [*problems(call.command, minor), *goflags_problems(call.environment.get("GOFLAGS", ""), minor)]


def _by_all(call: GoCall, first: int) -> list[Problem]:
    """What every Go from 1.`first` to the newest refuses for the same words."""
    last = _all(call, NEWEST)
    subjects = [{problem.subject for problem in _all(call, minor)} for minor in range(min(first, NEWEST), NEWEST)]
    return [problem for problem in last if all(problem.subject in one for one in subjects)]


def _draft(call: GoCall, problem: Problem, severity: Severity, words: str) -> Draft:
    advice = problem.instead or (
        f"expected Go 1.{problem.since} or another form" if problem.since else "expected another form"
    )
    return Draft(
        location=place(call),
        message=f"{words} refuses {shown(call)}: {problem.subject} {problem.message}; {advice}",
        key=f"{call.scope} {call.command.verb} {problem.subject}",
        target=target(call),
        severity=severity,
    )


def _is_installing_get(call: GoCall) -> bool:
    remote = any("." in word.partition("/")[0] and not word.startswith(".") for word in call.command.arguments)
    return call.command.verb == "get" and remote and is_outside_module(call)


def _of_get(call: GoCall) -> Draft:
    return Draft(
        location=place(call),
        message=f"{shown(call)} runs outside a module, where Go 1.18 and later refuse it; expected "
        "`go install package@version`",
        key=f"{call.scope} get {' '.join(call.command.arguments[:1])}",
        target=target(call),
        severity=Severity.WARNING,
    )
