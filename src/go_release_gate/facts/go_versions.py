"""The fact which Go each place of the repository names: workflows, images, version files.

What go.mod and go.work ask for is in the modules themselves. https://go.dev/doc/toolchain
"""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.gomod.goselect import Selection

SETUP, CONTAINER, COMMAND, IMAGE, FILE, LABEL = "setup", "container", "command", "image", "file", "label"
LOCAL, AUTO = "local", "auto"


@dataclass(frozen=True, slots=True)
class Literal:
    """Where the version is written out: the word, and the line as it lies in the file without its line feed (`source`,
    empty: not read)."""

    path: str
    line: int
    word: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class GoPlace:
    """A place that names the Go that something is built with.

    Attributes:
        kind: setup (a step), container (of a job), command (`docker run`), image (of a stage), file, label.
        path, line, column: where it is said.
        written: what is said there, for people: `golang:1.24-alpine`, `go-version: 1.24`.
        selection: the release; None: whatever is newest, or not known.
        others: what it is in the other combinations of a matrix, None among them.
        switching: `local`: this Go and no other; `auto`: a newer one is fetched where go.mod asks for it; empty: not
            known. `fetched`: the release that GOTOOLCHAIN names itself, `1.25.3` of `go1.25.3+auto`.
        modules: directories of the modules it builds, as far as they are known.
        is_guess: what it builds is not known; it builds something.
        literal: where the version is written, None: it is put together.
        scope: `job/step` or stage, for keys.
        source: the version file it reads, empty: none.
        is_test: the place is not about what is shipped (a Dockerfile of tests, of development).
        is_alone: every command that builds there runs with GOWORK=off.
        pairs: module and Go of each of its builds, where the combinations of a matrix have different ones.
        span: the first and the last line of the job's text in which it counts, of a step; (0, 0): all of it.
    """

    kind: str
    path: str
    line: int
    written: str
    selection: Selection | None = None
    others: tuple[Selection | None, ...] = ()
    switching: str = ""
    fetched: str = ""
    modules: tuple[str, ...] = ()
    is_guess: bool = False
    literal: Literal | None = None
    scope: str = ""
    source: str = ""
    is_test: bool = False
    column: int | None = None
    is_alone: bool = False
    pairs: tuple[tuple[str, Selection], ...] = ()
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class GoVersions:
    """Every such place, by path and line."""

    places: tuple[GoPlace, ...]

    def of(self, *kinds: str) -> tuple[GoPlace, ...]:
        """The places of some kinds."""
        return tuple(place for place in self.places if place.kind in kinds)


def switching_of(value: str | None, default: str = "") -> tuple[str, str]:
    """What GOTOOLCHAIN says: (`local`, `auto` or empty: not known, the release it names).

    https://go.dev/doc/toolchain#select: `go1.25.3` runs that release and no other, `go1.25.3+auto` at least that one,
    `path` only what lies in PATH.
    """
    if value is None:
        return default, ""
    word = value.strip()
    name, plus, more = word.partition("+")
    release = name.removeprefix("go") if name.startswith("go1") else ""
    if word in ("local", "path", "local+path"):
        return LOCAL, ""
    if word in ("auto", "local+auto", ""):
        return (AUTO if word else default), ""
    if release:
        return (AUTO if plus and more == "auto" else LOCAL), release
    return "", ""
