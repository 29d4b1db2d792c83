"""The tests of one module are run: `go test` over all its packages, and again over what failed where that is wanted."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from go_release_gate.adapters.go import Go
from go_release_gate.adapters.process import Completed
from go_release_gate.config.settings import Settings
from go_release_gate.engine.testing.asked import TestingWishes
from go_release_gate.engine.testing.beating import Beat
from go_release_gate.engine.testing.listing import Listed
from go_release_gate.engine.testing.place import made
from go_release_gate.engine.testing.reading import Site, is_build, read_packages
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.classify import Surroundings, classify
from go_release_gate.facts.tested import FAILED, FLAKY, PASSED, UNFINISHED, RanModule, RanPackage, RanTest
from go_release_gate.gotest.events import Stream
from go_release_gate.gotest.troubles import BUILD, RACE, Trouble, compile_troubles
from go_release_gate.model.outcome import ErrorClass, ModuleError


@dataclass(frozen=True, slots=True)
class Bench:
    """Where tests run.

    Attributes:
        root: the repository. go, env: the Go command and the whole environment of tests.
        scratch, owner: where profiles are written, and by whom. raced: whether the race detector looks on.
    """

    root: Path
    go: Go
    env: Mapping[str, str]
    settings: Settings
    wishes: TestingWishes
    scratch: Path
    beat: Beat
    owner: tuple[int, int] | None = None
    raced: bool = False


@dataclass(frozen=True, slots=True)
class Ran:
    """A module with the file of its coverage profile."""

    module: RanModule
    profile: Path | None = None
    logs: Mapping[str, str] = field(default_factory=dict)


def run_module(listed: Listed, number: int, bench: Bench) -> Ran:
    """Run the tests of one module. Raises nothing: what cannot be run is said of it."""
    module = listed.module
    empty = RanModule(module.dir, module.path, error=listed.error, is_raced=bench.raced)
    if listed.error or not listed.packages:
        return Ran(empty)
    started = time.monotonic()
    stream = Stream()
    try:
        profile = made(bench.scratch / "coverage", bench.owner) / f"{number}.out"
        words = [*_flags(listed, bench), "-covermode=atomic", "-coverpkg=./...", f"-coverprofile={profile}", "./..."]
        done = _go_test(words, stream, listed, bench)
        site = Site(bench.root, module.path, module.dir)
        said = done.stderr.decode("utf-8", "replace")
        error = _error(done, stream, said, listed, bench)
        packages = read_packages(stream, listed.packages, said, site)
        if error is None and done.returncode != 0 and not any(one.outcome in (FAILED, UNFINISHED) for one in packages):
            packages = (_refused(listed, stream.built() + said, site), *packages[1:])
        if error is None and bench.wishes.reruns:
            packages = tuple(_again(one, listed, bench) for one in packages)
    except UnavailableError as trouble:
        return Ran(replace(empty, error=ModuleError(ErrorClass.INTERNAL, trouble.message, trouble.hint)))
    ran = replace(empty, packages=packages, error=error, flags=_shown(bench), seconds=time.monotonic() - started)
    return Ran(ran, profile if profile.is_file() else None)


def _flags(listed: Listed, bench: Bench) -> list[str]:
    wishes, test = bench.wishes, bench.settings.test
    return [
        "-fullpath",
        *_shown(bench),
        *([f"-shuffle={wishes.shuffle}"] if wishes.shuffle != "off" else []),
        *([f"-count={wishes.count}"] if wishes.count else []),
        f"-timeout={test.timeout:g}s",
        f"-mod={listed.mod}",
    ]


def _shown(bench: Bench) -> tuple[str, ...]:
    """Flags that a person repeats."""
    tags = bench.settings.test.tags
    return (*(["-race"] if bench.raced else []), *([f"-tags={','.join(tags)}"] if tags else []))


def _go_test(words: Sequence[str], stream: Stream, listed: Listed, bench: Bench) -> Completed:
    env = {**bench.env, "GOWORK": listed.workspace, **({"CGO_ENABLED": "1"} if bench.raced else {})}
    env |= {"GOPROXY": "off"} if bench.settings.offline else {}
    with bench.beat.watching(listed.module.dir, stream):
        done = bench.go.hear(
            ["test", "-json", *words],
            lambda data: bench.beat.ended(listed.module.path, stream.feed(data)),
            cwd=bench.root / listed.module.dir,
            timeout=bench.settings.test.module_timeout,
            env=env,
        )
    stream.close()
    return done


def _error(done: Completed, stream: Stream, said: str, listed: Listed, bench: Bench) -> ModuleError | None:
    """What kept the tests from being run, if it was nothing of the repository."""
    if done.timed_out:
        hint = "raise test.module-timeout, or test.timeout if it is one package that hangs"
        limit = f"{bench.settings.test.module_timeout:g} s"
        return ModuleError(ErrorClass.TIMEOUT, f"the tests of {listed.module.dir} did not end within {limit}", hint)
    if done.returncode == 0:
        return None
    text = stream.built() + said
    if "no space left on device" in text:
        return ModuleError(ErrorClass.INTERNAL, "no space left on device", "free some, or move GOCACHE and TMPDIR")
    if any(one.outcome == "failed" for one in stream.packages.values()) and not re.search(r"^go: ", text, re.MULTILINE):
        return None
    around = Surroundings(listed.module.file("go.mod"), listed.module.path, go=bench.go.toolchain.version)
    known = classify(text, around)
    return None if known.kind.is_repository_fault or known.kind is ErrorClass.INTERNAL else known


def _refused(listed: Listed, said: str, site: Site) -> RanPackage:
    """Go ran nothing at all: the first package stands for it."""
    path, directory, _ = listed.packages[0]
    found = compile_troubles(said, site.where(site.dir))
    return RanPackage(path, directory, FAILED, troubles=tuple(replace(one, kind=BUILD) for one in found), said=said)


def _again(package: RanPackage, listed: Listed, bench: Bench) -> RanPackage:
    """Run what failed in a package again; what then passes is flaky. A race is a race whatever happens next."""
    for _ in range(bench.wishes.reruns):
        if package.outcome != FAILED or is_build(package) or _is_raced(package.troubles):
            return package
        names = {
            one.name.split("/", maxsplit=1)[0]
            for one in package.tests
            if one.outcome in (FAILED, UNFINISHED) and not _is_raced(one.troubles)
        }
        chosen = [f"-run=^({'|'.join(sorted(names))})$"] if names else []
        stream = Stream()
        _go_test([*_flags(listed, bench), *chosen, package.path], stream, listed, bench)
        log = stream.packages.get(package.path)
        if log is None:
            return package
        passed = {name for name, test in log.tests.items() if test.outcome == "passed"}
        whole = log.outcome == "passed"
        tests = tuple(_flaky(one) if one.name.split("/", maxsplit=1)[0] in passed else one for one in package.tests)
        left = any(one.outcome in (FAILED, UNFINISHED) for one in tests)
        outcome = FLAKY if whole and not left else FAILED
        troubles = () if whole and names else package.troubles
        package = replace(package, tests=tests, outcome=outcome, troubles=troubles)
    return package


def _flaky(test: RanTest) -> RanTest:
    if test.outcome not in (FAILED, UNFINISHED) or _is_raced(test.troubles):
        return test
    return replace(test, outcome=FLAKY if test.outcome == FAILED else PASSED)


def _is_raced(troubles: Sequence[Trouble]) -> bool:
    return any(one.kind == RACE for one in troubles)
