"""What `go test` said of a module becomes packages and tests, each trouble at its place in the repository."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from go_release_gate.facts.tested import FAILED, PASSED, UNFINISHED, UNTESTED, RanPackage, RanTest
from go_release_gate.gotest.events import PackageLog, Stream, TestLog
from go_release_gate.gotest.places import Where, places
from go_release_gate.gotest.troubles import BUILD, Trouble, compile_troubles, exit_words, last_words, troubles_of

_NOT_BUILT = re.compile(r"\[(build|setup) failed\]")
_SECTION = re.compile(r"^# (\S+)")
MOST_SAID = 64 << 10  # characters of output that are kept of what failed


@dataclass(frozen=True, slots=True)
class Site:
    """Where a module's output is read: the root, the module's path and directory."""

    root: Path
    path: str
    dir: str

    def where(self, package: str) -> Where:
        """What finds the files that `package` (a directory) names."""
        return places(str(self.root), self.path, self.dir, package, lambda name: (self.root / name).is_file())


def read_packages(
    stream: Stream, listed: Iterable[tuple[str, str, bool]], said: str, site: Site
) -> tuple[RanPackage, ...]:
    """Every package that is listed, and what came of its tests. `said`: standard error, where older Go compiles."""
    return tuple(_package(stream.packages.get(one[0]), one, (stream, said), site) for one in listed)


def _package(
    log: PackageLog | None, listed: tuple[str, str, bool], built: tuple[Stream, str], site: Site
) -> RanPackage:
    path, directory, has_tests = listed
    if log is None:
        return RanPackage(path, directory, UNFINISHED if has_tests else UNTESTED)
    beside = log.beside.said
    tests = tuple(_test(one, log, directory, site) for one in log.tests.values())
    outcome = log.outcome
    if outcome != FAILED and not tests and not has_tests:
        outcome = UNTESTED
    elif outcome == "skipped":
        outcome = PASSED  # there are test files, and no test in them
    troubles: tuple[Trouble, ...] = ()
    if outcome == FAILED:
        troubles = _compiled(log, built, site) or _beside(log, tests, directory, site)
    kept = beside[-MOST_SAID:] if outcome == FAILED else ""
    is_cut = log.outcome == PASSED and has_tests and not log.has_ended
    return RanPackage(path, directory, outcome, tests, troubles, kept, log.seconds, log.seed, log.is_cached, is_cut)


def _test(test: TestLog, log: PackageLog, directory: str, site: Site) -> RanTest:
    if test.outcome not in (FAILED, UNFINISHED) or log.outcome == PASSED:
        return RanTest(test.name, test.outcome, test.seconds)
    troubles = troubles_of(test.said, site.where(directory))
    has_failed_below = any(
        one.name.startswith(f"{test.name}/") and one.outcome in (FAILED, UNFINISHED) for one in log.tests.values()
    )
    if not troubles and test.outcome == FAILED and not has_failed_below:
        path, line = declared(site.root / directory, test.name.split("/", maxsplit=1)[0])
        troubles = (Trouble("failed", last_words(test.said) or "failed without a message", _below(path, site), line),)
    return RanTest(test.name, test.outcome, test.seconds, troubles, test.said[-MOST_SAID:])


def _compiled(log: PackageLog, built: tuple[Stream, str], site: Site) -> tuple[Trouble, ...]:
    """The compiler's errors, where it was that."""
    if not log.failed_build and not _NOT_BUILT.search(log.beside.said):
        return ()
    stream, said = built
    own = "".join(stream.builds.get(log.failed_build, ())) or _sections(said + "".join(stream.loose), log.path)
    return compile_troubles(own or stream.built() + said, site.where(site.dir))


def _sections(said: str, package: str) -> str:
    """What is said below `# package`, as Go before 1.24 writes it."""
    kept, is_own = [], False
    for line in said.splitlines(keepends=True):
        match = _SECTION.match(line)
        is_own = match[1] in (package, f"{package}_test") if match else is_own
        kept += [line] if is_own else []
    return "".join(kept)


def _beside(log: PackageLog, tests: tuple[RanTest, ...], directory: str, site: Site) -> tuple[Trouble, ...]:
    """What went wrong in no test of its own; something always did where no test says what."""
    found = troubles_of(log.beside.said, site.where(directory))
    if found or any(one.troubles for one in tests):
        return found
    cut = [one for one in tests if one.outcome == UNFINISHED]
    running = [one.name for one in cut]
    ended = exit_words(
        "\n".join([*(one.said for one in cut), log.beside.said])
    )  # said while a test ran, it is the test's
    words = f"ended with {ended}" if ended else last_words(log.beside.said) or "failed without a message"
    about = f" while {', '.join(running[:3])} ran" if running else ""
    place = declared(site.root / directory, (running or ["TestMain"])[-1].split("/", maxsplit=1)[0])
    return (Trouble("failed", f"{words}{about}", _below(place[0], site), place[1]),)


def _below(file: str, site: Site) -> str:
    return Path(file).relative_to(site.root).as_posix() if file else ""


@cache
def declared(directory: Path, name: str) -> tuple[str, int | None]:
    """File and line of a test function; empty and None: it is not found."""
    pattern = re.compile(rb"^func " + re.escape(name.encode()) + rb"\(", re.MULTILINE)
    for file in sorted(directory.glob("*_test.go")):
        if not file.is_symlink() and file.is_file():
            data = file.read_bytes()
            if match := pattern.search(data):
                return str(file), data.count(b"\n", 0, match.start()) + 1
    return "", None


def is_build(package: RanPackage) -> bool:
    """Whether it did not compile."""
    return any(one.kind == BUILD for one in package.troubles)
