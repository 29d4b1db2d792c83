"""Which module files of the repository lie where in a stage, instruction by instruction. Shared by rules."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.repository import Repository

_CREATING = re.compile(r"\b(?:git\s+clone|tar|unzip|cp|mv|ln|curl|wget|sed)\b")
_EDITING = re.compile(r"\bgo\s+(?:mod|work)\s+(?:init|edit|use)\b|\brm\b[^&|;]*\bgo\.(?:mod|sum|work)\b")
_PAIR = re.compile(r"(\w+)=([^,]*)")


@dataclass(frozen=True, slots=True)
class Copied:
    """A COPY or ADD of the context: `sources` relative to it, `target` absolute; `is_known`: nothing in it is open."""

    instruction: Instruction
    sources: tuple[str, ...]
    target: str
    is_known: bool = True
    is_directory: bool = True  # the target


@dataclass(slots=True)
class Place:
    """What is known of a stage before an instruction.

    Attributes:
        directory: the working directory, empty: not known.
        files: absolute path in the image → path of the module file in the repository.
        trees: pairs (directory of the repository, absolute directory in the image).
        is_open: files may have come from where one cannot look.
        known: every module file of the repository.
    """

    directory: str = "/"
    files: dict[str, str] = field(default_factory=dict)
    trees: list[tuple[str, str]] = field(default_factory=list)
    is_open: bool = False
    known: frozenset[str] = frozenset()

    def origin(self, path: str) -> str:
        """The repository's file that lies at an absolute path, as far as is known; empty: none."""
        if path in self.files:
            return self.files[path]
        for directory, top in reversed(self.trees):
            if path.startswith(f"{top.rstrip('/')}/"):
                found = posixpath.normpath(posixpath.join(directory, posixpath.relpath(path, top)))
                if found in self.known:
                    return found
        return ""


def module_files(repository: Repository) -> frozenset[str]:
    """Paths of every go.mod, go.sum and go.work."""
    found = {module.file("go.mod") for module in repository.modules}
    found |= {module.file("go.sum") for module in repository.modules if module.sum_bytes is not None}
    return frozenset(found | {posixpath.normpath(f"{work.dir}/go.work") for work in repository.workspaces})


def context_of(file: Dockerfile, builds: ImageBuilds | None, repository: Repository) -> str:
    """The build context, relative to the root; empty: it is not known.

    It is what a workflow says, else the only one of the Dockerfile's directory and the root in which the module files
    lie that it copies by name.
    """
    told = {build.context for build in (builds.of(file.path) if builds else ())}
    if told:
        return told.pop() if len(told) == 1 else ""
    own = posixpath.dirname(file.path) or "."
    known = module_files(repository)
    wanted = [source for stage in file.stages for one in stage.instructions for source in _go_mods(one)]
    fitting = [
        context
        for context in dict.fromkeys((own, "."))
        if all(posixpath.normpath(f"{context}/{source}") in known for source in wanted)
    ]
    if len(fitting) == 1 and (wanted or own == "."):
        return fitting[0]
    return ""


def _go_mods(one: Instruction) -> Iterator[str]:
    if one.keyword == "COPY" and not one.flag("from"):
        yield from (
            source for source in words_of(one)[:-1] if source.rpartition("/")[2] == "go.mod" and "$" not in source
        )


def words_of(one: Instruction) -> list[str]:
    """Sources and target of a COPY or ADD, as written."""
    return list(one.array) if one.array else one.value.split()


def places(file: Dockerfile, stage: Stage, context: str, repository: Repository) -> Iterator[tuple[Instruction, Place]]:
    """Each instruction of the stage with what lies there before it; those of the stages it begins from come first."""
    known = module_files(repository)
    place = Place(known=known)
    for one_stage in reversed(list(file.ancestry(stage))):
        for one in one_stage.instructions:
            if one_stage is stage:
                yield one, _with_mounts(one, place, context, known)
            _take(one, one_stage, place, context, known)


def _take(one: Instruction, stage: Stage, place: Place, context: str, known: frozenset[str]) -> None:
    if one.keyword == "WORKDIR":
        value = _filled(one.value, stage.scope(one))
        place.directory = (
            posixpath.normpath(posixpath.join(place.directory, value)) if value and place.directory else ""
        )
    elif one.keyword == "RUN":
        place.is_open = place.is_open or _CREATING.search(one.value) is not None or bool(one.heredocs) or _edits(one)
    elif one.keyword in ("COPY", "ADD"):
        copied = copied_by(one, stage, place.directory)
        if copied is None:
            place.is_open = True
        else:
            _put(copied, place, context, known)


def copied_by(one: Instruction, stage: Stage, directory: str) -> Copied | None:
    """What a COPY or ADD takes from the context; None: from elsewhere, or nobody can tell."""
    if one.flag("from") or one.flag("parents") or any(flag.name in ("parents", "exclude") for flag in one.flags):
        return None
    scope = stage.scope(one)
    words = [_filled(word.strip("\"'"), scope) for word in words_of(one) if not word.startswith("<<")]
    if len(words) < 2 or not all(words) or not directory or any("://" in word for word in words):
        return None
    target = posixpath.normpath(posixpath.join(directory, words[-1]))
    sources = tuple(posixpath.normpath(word.lstrip("/") or ".") for word in words[:-1])
    last = target.rpartition("/")[2]
    is_directory = len(sources) > 1 or words[-1].endswith(("/", ".")) or last not in ("go.mod", "go.sum", "go.work")
    return Copied(one, sources, target, is_directory=is_directory)


def _put(copied: Copied, place: Place, context: str, known: frozenset[str]) -> None:
    for source in copied.sources:
        path = posixpath.normpath(f"{context}/{source}")
        if any(char in source for char in "*?["):
            for found in known:
                if fnmatchcase(posixpath.relpath(found, context), source) and found.count("/") == path.count("/"):
                    place.files[f"{copied.target.rstrip('/')}/{posixpath.basename(found)}"] = found
        elif path in known:
            name = posixpath.basename(path)
            place.files[f"{copied.target.rstrip('/')}/{name}" if copied.is_directory else copied.target] = path
        else:
            place.trees.append((path, copied.target))


def _edits(one: Instruction) -> bool:
    """Whether a RUN changes or removes module files, for the commands behind it as for the layers after it."""
    return one.keyword == "RUN" and _EDITING.search(one.value) is not None


def _with_mounts(one: Instruction, place: Place, context: str, known: frozenset[str]) -> Place:
    """The place with what a RUN binds into it."""
    found = replace(place, files=dict(place.files), trees=list(place.trees), is_open=place.is_open or _edits(one))
    for flag in one.flags if one.keyword == "RUN" else ():
        fields = dict(_PAIR.findall(flag.value)) if flag.name == "mount" else {}
        if fields.get("type", "bind") != "bind" or flag.name != "mount":
            continue
        if "from" in fields or not place.directory or "$" in flag.value:
            found.is_open = True
            continue
        source = posixpath.normpath(f"{context}/{fields.get('source') or fields.get('src') or '.'}")
        target = next((fields[name] for name in ("target", "dst", "destination") if name in fields), ".")
        target = posixpath.normpath(posixpath.join(place.directory, target))
        if source in known:
            found.files[target] = source
        else:
            found.trees.append((source, target))
    return found


def has_cache(one: Instruction) -> bool:
    """Whether a RUN keeps Go's modules in a cache mount."""
    return any(
        flag.name == "mount" and "type=cache" in flag.value and re.search(r"pkg|mod|/go\b", flag.value, re.IGNORECASE)
        for flag in one.flags
    )


def has_bind(one: Instruction) -> bool:
    """Whether a RUN sees files by a mount."""
    return any(flag.name == "mount" and "type=" not in flag.value.replace("type=bind", "") for flag in one.flags)


def _filled(word: str, scope: Mapping[str, object]) -> str:
    """A word with its variables in place; empty: one is not known."""

    def value(match: re.Match[str]) -> str:
        found = scope.get(match[1] or match[2])
        return found if isinstance(found, str) else "\0"

    filled = re.sub(r"\$(?:\{(\w+)\}|(\w+))", value, word)
    return "" if "\0" in filled or "$" in filled else filled
