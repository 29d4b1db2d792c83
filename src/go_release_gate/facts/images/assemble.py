"""One platform's image from its walked layers: what is left, what is started, which programs and files are judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.facts.binary import Binary
from go_release_gate.facts.image_content import ENTRYPOINT, Layer, PlatformImage
from go_release_gate.facts.images import judged, started
from go_release_gate.facts.images.binaries import Binaries
from go_release_gate.facts.images.choose import Found
from go_release_gate.facts.images.layers import Layers
from go_release_gate.facts.images.overlay import Overlay
from go_release_gate.facts.images.programs import Program
from go_release_gate.facts.images.tarstream import FILE
from go_release_gate.facts.shebang import last_started


@dataclass(slots=True)
class Assembly:
    """Puts one platform together. The layers are walked before."""

    found: Found
    layers: Layers
    binaries: Binaries

    def image(self) -> PlatformImage:
        """The platform's image, as far as it can be told."""
        found, config = self.found, self.found.configured.config
        walked = [self.layers.walked[one.digest] for one in found.manifest.layers]
        overlay = Overlay([one.tree for one in walked])
        passwd, group = (_content(overlay, path) for path in (b"etc/passwd", b"etc/group"))
        accounts = started.accounts(passwd or b"", group or b"")
        runtime = started.runtime(config.user, accounts)
        kept = judged.Kept(overlay, runtime)
        begun = tuple(self._started(overlay, kept))
        kept.add_refused(begun)
        kept.add_by_look()
        programs, beyond = self._told(self._programs(overlay, begun), begun)
        for path in programs:
            kept.add(path, judged.PROGRAM)
        kept.add_writable((*begun, *programs))
        binaries = tuple(self._binaries(programs))
        for needed in self._interpreters(overlay, begun, binaries):
            kept.add_way(needed, judged.INTERPRETER)
        size, count = judged.totals(overlay)
        return PlatformImage(
            platform=found.platform,
            digest=found.digest,
            config_digest=found.manifest.config.digest,
            config=config,
            layers=tuple(self._layers()),
            annotations=found.manifest.annotations,
            binaries=binaries,
            files=kept.files(),
            bytes=size,
            count=count,
            unreadable=tuple(dict.fromkeys((*found.problems, *self._problems(), *beyond, *overlay.unreadable[:20]))),
            accounts=None if passwd is None else {name: user for name, (user, _) in accounts.users.items()},
            groups=None if group is None else frozenset(accounts.groups),
            ballast=judged.ballast(overlay),
            removed=kept.removed(),
        )

    def _layers(self) -> Iterator[Layer]:
        created = self.found.configured.created_by
        for index, each in enumerate(self.found.manifest.layers):
            walked = self.layers.walked[each.digest]
            by = created[index] if index < len(created) else ""
            yield Layer(each.digest, each.media_type, each.size, walked.size, walked.tree.count, by)

    def _problems(self) -> Iterator[str]:
        """What could not be read of the layers, and where they are not those of the configuration."""
        expected, layers = self.found.configured.unpacked, self.found.manifest.layers
        if expected and len(expected) != len(layers):
            yield f"its configuration tells of {len(expected)} layers, its manifest of {len(layers)}"
        for index, each in enumerate(layers):
            walked = self.layers.walked[each.digest]
            if walked.problem:
                yield f"layer {each.digest}: {walked.problem}"
            elif len(expected) == len(layers) and walked.digest != expected[index]:
                yield f"layer {each.digest}: unpacked it is not what the configuration names ({expected[index]})"
            yield from (f"layer {each.digest}: {sentence}" for sentence in walked.tree.unreadable)

    def _started(self, overlay: Overlay, kept: judged.Kept) -> Iterator[bytes]:
        """The files that are started, links on the way to them kept too."""
        for places in started.places(self.found.configured.config):
            for place in places:
                path = place.strip("/").encode("utf-8", "surrogateescape")
                end = overlay.resolve(path)
                node = overlay.node(end) if end else None
                if end is None or node is None or node[1].kind != FILE:
                    continue
                kept.add_way(path, ENTRYPOINT)
                yield end
                break

    def _programs(self, overlay: Overlay, begun: tuple[bytes, ...]) -> dict[bytes, Program]:
        """Path → program: all that Go built or that are packed, and whatever is started."""
        found = {}
        for path in overlay.owner:
            index, origin = (overlay.owner[path], path)
            if path in overlay.trees[index].distant:
                index, origin = overlay.origin(path) or (index, path)
            program = overlay.trees[index].programs.get(origin)
            if program and (program.is_go or program.is_packed or path in begun):
                found[path] = program
        for path in begun:
            place = overlay.origin(path)
            if path not in found and place and place[1] in overlay.trees[place[0]].unread:
                body = overlay.trees[place[0]].aliases.get(place[1], place[1])  # a hard link's is its target's
                again = self.layers.program(self.found.manifest.layers[place[0]], body)
                if again:
                    found[path] = again
        return found

    def _told(
        self, programs: dict[bytes, Program], begun: tuple[bytes, ...]
    ) -> tuple[dict[bytes, Program], tuple[str, ...]]:
        """The programs within the limits, what is started first, and what is said of the others."""
        limits, found, seen = self.layers.limits, {}, Counter[str]()
        for path in sorted(programs, key=lambda path: (path not in begun, path)):
            digest = programs[path].digest
            if path in begun or seen[digest] < limits.same:
                found[path] = programs[path]
                seen[digest] += 1
        if len(found) <= limits.programs:
            return found, ()
        said = f"it has {len(found)} programs, of which {limits.programs} are read"
        return dict(tuple(found.items())[: limits.programs]), (said,)

    def _binaries(self, programs: dict[bytes, Program]) -> Iterator[Binary]:
        for path, program in sorted(programs.items()):
            yield self.binaries.read(judged.text(path), program, self.layers.limits.program)

    def _interpreters(
        self, overlay: Overlay, begun: tuple[bytes, ...], binaries: tuple[Binary, ...]
    ) -> Iterator[bytes]:
        """What dynamically linked programs and started scripts name as their interpreter."""
        for path in begun:
            index, origin = overlay.origin(path) or (0, path)
            tree = overlay.trees[index]
            shebang = tree.shebangs.get(origin, "")
            yield from filter(None, [last_started(tree.contents.get(origin, b"")).encode()])
            for places in started.interpreters(shebang, self.found.configured.config):
                yield from (place.encode("utf-8", "surrogateescape") for place in places)
        for binary in binaries:
            if binary.elf is not None and binary.elf.interpreter:
                yield binary.elf.interpreter.encode("utf-8", "surrogateescape")


def _content(overlay: Overlay, path: bytes) -> bytes | None:
    """A small file's bytes, links followed."""
    end = overlay.resolve(path)
    place = overlay.origin(end) if end else None
    return overlay.trees[place[0]].contents.get(place[1]) if place else None
