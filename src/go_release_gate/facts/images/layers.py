"""The layers of an image, each walked once; the next is unpacked meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from go_release_gate.errors import GateError
from go_release_gate.facts.images.limits import Budget, Limits
from go_release_gate.facts.images.manifests import Descriptor
from go_release_gate.facts.images.programs import Program, Spool
from go_release_gate.facts.images.source import Checked, ImageError, Source
from go_release_gate.facts.images.tree import Tree, Walk
from go_release_gate.facts.images.unpack import Unpacking
from go_release_gate.model.progress import Progress

AHEAD = 2  # layers that are unpacked at the same time


@dataclass(frozen=True, slots=True)
class Walked:
    """A layer that was walked. `digest`: of its archive; `problem`: why it could not be read, then `tree` is empty."""

    tree: Tree
    size: int = 0
    digest: str = ""
    problem: str = ""


@dataclass(slots=True)
class Layers:
    """Layers by the digest of their blob.

    Attributes:
        names: last parts of paths whose programs are kept whoever built them.
    """

    source: Source
    limits: Limits
    folder: Path
    names: frozenset[bytes]
    walked: dict[str, Walked] = field(default_factory=dict)
    _budget: Budget = field(init=False)
    _spool: Spool = field(init=False)

    def __post_init__(self) -> None:
        self._budget = Budget(self.limits)
        self._spool = Spool(self.folder, self.limits)

    def read(self, blobs: Iterable[Descriptor], progress: Progress) -> None:
        """Walk these layers; what goes wrong with one is told in its `problem`."""
        waiting = deque({one.digest: one for one in blobs}.values())
        running: deque[tuple[Descriptor, Unpacking | str]] = deque()
        try:
            while waiting or running:
                while waiting and len(running) < AHEAD:
                    running.append((waiting[0], self._start(waiting.popleft())))
                blob, unpacking = running[0]
                walked = self._walk(unpacking, self.names)
                running.popleft()
                self.walked[blob.digest] = walked
                progress.step(blob.digest, "unreadable" if walked.problem else "read")
        finally:
            for _, unpacking in running:
                if isinstance(unpacking, Unpacking):
                    unpacking.close()

    def program(self, blob: Descriptor, path: bytes) -> Program | None:
        """A program that was passed over, from its layer once more."""
        walked = self._walk(self._start(blob), frozenset({path[path.rfind(b"/") + 1 :]}))
        return walked.tree.programs.get(path)

    def _start(self, blob: Descriptor) -> Unpacking | str:
        limit = self.limits.blob
        if blob.media_type.endswith("+encrypted"):
            return "it is encrypted"
        if blob.size > limit:
            return f"its blob is announced with {blob.size} bytes, more than the {limit} that are read"
        source = self.source
        return Unpacking(lambda: Checked(source.blob(blob.digest, blob.size), blob.digest, blob.size), self._budget)

    def _walk(self, unpacking: Unpacking | str, names: frozenset[bytes]) -> Walked:
        if isinstance(unpacking, str):
            return Walked(Tree(), problem=unpacking)
        try:
            tree = Walk(self._spool, self._budget, names).read(unpacking.pieces())
        except GateError as error:
            return Walked(Tree(), unpacking.size, problem=error.message)
        except OSError as error:  # the disk that programs are put on
            raise ImageError(f"a program cannot be put aside: {error.strerror}") from None
        finally:
            unpacking.close()
        return Walked(tree, unpacking.size, unpacking.digest)
