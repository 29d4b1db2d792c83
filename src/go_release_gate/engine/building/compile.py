"""Orders are carried out: each is one `go build` in its module's directory, several at once."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from go_release_gate.adapters.go import Go
from go_release_gate.adapters.process import Completed
from go_release_gate.engine.building.command import Recipe, build_words, variables
from go_release_gate.engine.building.diagnosis import Diagnosis, diagnose, no_compiler, stranger_cgo
from go_release_gate.engine.building.guess import FOLDER, Guess
from go_release_gate.engine.building.plan import platform_variables
from go_release_gate.engine.context import parallel
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.built import BuildFailure, Order
from go_release_gate.facts.classify import Surroundings
from go_release_gate.model.outcome import ErrorClass, ModuleError

KEPT_FOR = 30 * 86400  # seconds after its last use that a program is kept for Go to look whether it is up to date
Done = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Site:
    """Where orders are carried out.

    Attributes:
        root: the tree, absolute and real. output: directory for the programs, outside the tree; children write there.
        go: the Go command. recipe: how the tree is built. timeout: seconds for one build.
        jobs: builds at once. owner: (uid, gid) that children run as, None: as we do.
        done: hears each order's name and how it ended, in one word. guess: what of it runs already.
    """

    root: Path
    output: Path
    go: Go
    recipe: Recipe = field(default_factory=Recipe)
    timeout: float = 1800.0
    jobs: int = 1
    owner: tuple[int, int] | None = None
    done: Done = lambda _name, _word: None
    guess: Guess | None = None


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came of one order: the file, or why there is none."""

    order: Order
    file: Path | None = None
    failure: BuildFailure | None = None
    error: ModuleError | None = None
    seconds: float = 0.0

    @property
    def word(self) -> str:
        """How it ended, in one word."""
        return "built" if self.file else "failed" if self.failure else "unavailable"


def compile_all(orders: Sequence[Order], site: Site) -> tuple[Compiled, ...]:
    """Build everything, in the order given. Nothing of the tree is changed."""
    found: dict[str, Compiled] = {}

    def done(name: str, one: Compiled) -> None:
        found[name] = one
        site.done(one.order.name, one.word)

    work: Mapping[str, Callable[[], Compiled]] = {
        str(number): partial(compile_one, order, site) for number, order in enumerate(orders)
    }
    parallel(site.jobs, work, done)
    return tuple(found[name] for name in work)


def compile_one(order: Order, site: Site) -> Compiled:
    """Build one program; the file lies in a directory of its own below `site.output`."""
    missing = unbuildable(order, site)
    if missing:
        return Compiled(order, error=missing)
    file = _place(order, site)
    try:
        answer = _begun(order, site, file) or call(order, site, build_words(order, site.recipe, str(file)))
    except UnavailableError as error:
        return Compiled(order, error=ModuleError(ErrorClass.INTERNAL, error.message, error.hint))
    seconds = answer.seconds
    if answer.returncode == 0 and file.is_file():
        return Compiled(order, file, seconds=seconds)
    with suppress(OSError):
        file.unlink(missing_ok=True)
    return Compiled(order, None, *diagnosed(order, site, answer), seconds)


def call_of(order: Order, site: Site, file: Path) -> tuple[str, list[str], dict[str, str]]:
    """What is run for an order whose program goes to `file`: directory, words, variables."""
    words = build_words(order, site.recipe, str(file))
    return order.module, words, variables(order, site.recipe, str(site.root))


def _begun(order: Order, site: Site, file: Path) -> Completed | None:
    return site.guess.answer(*call_of(order, site, file)) if site.guess else None


def call(order: Order, site: Site, words: Sequence[str]) -> Completed:
    """Run Go for an order, in its module's directory."""
    cwd = site.root / order.module
    return site.go.run(words, cwd=cwd, timeout=site.timeout, env=variables(order, site.recipe, str(site.root)))


def diagnosed(order: Order, site: Site, answer: Completed) -> Diagnosis:
    """Why Go did not do it."""
    return explained(order, site, answer.stderr.decode("utf-8", "replace"), timed_out=answer.timed_out)


def explained(order: Order, site: Site, said: str, *, timed_out: bool = False) -> Diagnosis:
    """Why Go did not do it, of what it said."""
    toolchain = site.go.toolchain
    around = Surroundings(
        order.mod_file, goproxy=toolchain.env.get("GOPROXY", ""), go=toolchain.version, timeout=site.timeout
    )
    if not site.recipe.trusted and order.cgo is None and "build constraints exclude all Go files" in said:
        return None, stranger_cgo(order)  # nothing but files with cgo, perhaps
    return diagnose(order, said.replace(f"{site.root}/", ""), around, timed_out=timed_out)


def kept_programs(cache: str, owner: tuple[int, int] | None) -> Path:
    """A directory in the build cache for programs, which Go leaves alone where they are up to date; old ones go."""
    place = Path(cache) / FOLDER
    _make(place, owner)
    limit = time.time() - KEPT_FOR
    for folder in place.iterdir():
        with suppress(OSError):
            if folder.stat().st_mtime < limit:
                for file in folder.iterdir():
                    file.unlink()
                folder.rmdir()
    return place


def _place(order: Order, site: Site) -> Path:
    """Where the program goes: the same place for the same order of the same tree."""
    told = replace(order, path="", line=1, smoke=(), environment={})
    text = repr((str(site.root), told, sorted(order.environment.items())))
    folder = site.output / hashlib.sha256(text.encode()).hexdigest()[:24]
    _make(folder, site.owner)
    os.utime(folder)
    suffix = ".exe" if order.platform.startswith("windows/") and not order.output.endswith(".exe") else ""
    return folder / f"{order.output or order.service}{suffix}"


def _make(folder: Path, owner: tuple[int, int] | None) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if owner is not None:
            os.chown(folder, *owner)
    except OSError as error:
        raise UnavailableError(
            f"{str(folder)!r} cannot be made: {error.strerror}", "free space, or set TMPDIR"
        ) from error


def unbuildable(order: Order, site: Site) -> ModuleError | None:
    """Why an order with cgo is not tried; None: it is.

    Strangers write the C code and its flags: no C compiler reads them. For another platform than this one a compiler is
    needed that only the settings can name.
    """
    if not order.cgo:
        return None
    if not site.recipe.trusted:
        return stranger_cgo(order)
    if "CC" in order.environment:
        return None
    wanted, here = platform_variables(order.platform), site.go.toolchain.env
    is_here = all(wanted[name] == here.get(name, "") for name in ("GOOS", "GOARCH"))
    return None if is_here else no_compiler(order)
