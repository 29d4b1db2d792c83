"""What a build learns of a tree before it knows the commit: its modules, and the packages of the one at the root."""

from __future__ import annotations

import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from go_release_gate.adapters.process import Completed
from go_release_gate.config.settings import Settings
from go_release_gate.engine.context import Edges, Facts, phase
from go_release_gate.errors import GateError, NoModuleError

LIST = ("list", "-e", "-find", "-json=Dir,ImportPath,Name", "./...")
LIST_ENVIRONMENT = {"CGO_ENABLED": "1"}
"""Programs of nothing but cgo are some, too. Listing without dependencies starts no compiler and no pkg-config."""


@dataclass(frozen=True, slots=True)
class Listings:
    """Directory of a module → what Go answered to `LIST` there."""

    answers: dict[str, Completed] = field(default_factory=dict)


class Ahead:
    """Looks at a tree while the caller asks git and loads the rest of the program: Go takes a while to answer.

    Args:
        root: the tree, real path.
    """

    def __init__(self, root: Path, settings: Settings, edges: Edges) -> None:
        self._root, self._settings, self._edges = root, settings, edges
        self._listings = Listings()
        self._facts: Facts | None = None
        self.thread = Thread(target=self._ask, daemon=True)

    def ask(self) -> None:
        """Have Go asked; nothing is waited for."""
        if self.thread.ident is None:
            self.thread.start()

    def start(self) -> None:
        """Find the modules; Go may still be listing afterwards. Raises what `modules_of` raises."""
        self.ask()
        import go_release_gate.engine.building.services
        import go_release_gate.engine.discover  # noqa: F401 - both are loaded while Go answers

        self._facts = modules_of(self._root, self._settings, self._edges)

    def facts(self) -> Facts:
        """What was found. Raises what `modules_of` raises."""
        facts = self._facts or modules_of(self._root, self._settings, self._edges)
        with phase("plan", 0, facts, self._edges):
            self.thread.join()
        facts.others[Listings] = self._listings
        return facts

    def _ask(self) -> None:
        """What fails is asked again by who needs it, and said there."""
        go, settings, listed = self._edges.go, self._settings, []
        lists = settings.trusted and not settings.build.services and _is_file(self._root / "go.mod")

        def list_early() -> None:
            with suppress(GateError):
                found = go.early(LIST, cwd=self._root, timeout=settings.go.timeout, env=LIST_ENVIRONMENT)
                listed.extend([found] if found and found.returncode == 0 else [])

        early = Thread(target=list_early, daemon=True)
        if lists:
            early.start()
        try:
            with suppress(GateError):
                go.toolchain  # noqa: B018 - kept for whoever asks next
        finally:
            if lists:
                early.join()
        with suppress(GateError):
            if lists:
                answer = listed[0] if listed else go.run(LIST, cwd=self._root, env=LIST_ENVIRONMENT)
                self._listings.answers["."] = answer


def modules_of(root: Path, settings: Settings, edges: Edges) -> Facts:
    """The tree's modules.

    Raises:
        NoModuleError: there is none. UnavailableError: no Go.
    """
    from go_release_gate.engine.discover import discover
    from go_release_gate.facts.repository import Repository

    caches = (Path(edges.go.toolchain.modcache),)
    facts = Facts(Repository(root, ()))
    with phase("discover", 0, facts, edges):
        facts.repository = discover(
            root, include=settings.include, exclude=settings.exclude, trusted=settings.trusted, caches=caches
        )
    if not facts.repository.modules:
        raise NoModuleError("no Go module found below this directory", "run it at the root of a repository")
    return facts


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
