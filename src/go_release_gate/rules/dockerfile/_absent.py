"""Files that a Dockerfile takes or tells its program of, and that are not there. Of missing-runtime-file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from go_release_gate.dockerfile.bases import UNKNOWN
from go_release_gate.dockerfile.commands import commands, started_words
from go_release_gate.dockerfile.graph import Copy, copies
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.dockerfile.state import end_state
from go_release_gate.dockerfile.syntax import assignments
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.workloads import Workloads
from go_release_gate.model.severity import Severity
from go_release_gate.oci.manifests.scan import is_sample
from go_release_gate.rules.base import Draft
from go_release_gate.rules.dockerfile._contents import Contents, contents
from go_release_gate.rules.dockerfile._shipped import label, place, target_of

_ENDS = (".yaml", ".yml", ".json", ".toml", ".conf", ".ini", ".properties", ".crt", ".pem", ".key", ".html", ".tmpl")
_SETTINGS = re.compile(r"--?[\w.-]*(?:config|conf|settings|cert|key|ca|templates?)[\w.-]*(?:=(?P<value>.+))?|-c")
_VARIABLE = re.compile(r"(?:^|_)(?:CONFIG|CONF|SETTINGS|CERT|KEY|CA|TEMPLATE|FILE|PATH)S?(?:_|$)")
_KEEPING = ("build", "env", "list", "mod", "version", "vet")  # verbs of go that write nothing but what -o says
_SHOWN = 3
_OF_GO = ("/go", "/root", "/tmp")  # noqa: S108 # where go itself writes, in the image


def not_made(file: Dockerfile, stage: Stage) -> Iterator[Draft]:
    """Each COPY of the stage that takes from another stage what that one does not make."""
    for one in file.ancestry(stage):
        for copy in copies(file, one):
            for source in copy.sources if copy.stage is not None else ():
                made = _made(file, copy, source) if isinstance(source, str) else None
                if made:
                    name = label(file.stages[copy.stage or 0])
                    yield Draft(
                        place(file, copy.instruction),
                        f"`{source}` is copied from stage {name}, which makes no such file; it makes "
                        f"{', '.join(f'`{one}`' for one in made[:_SHOWN])}",
                        key=f"{label(stage)}: copy {source}",
                        target=target_of(file),
                    )


def _made(file: Dockerfile, copy: Copy, source: str) -> list[str] | None:
    """The programs that the stage makes instead; None: the file may be there."""
    stage = file.stages[copy.stage or 0]
    path = posixpath.normpath(posixpath.join("/", source))
    held = contents(file, stage)
    if path == "/" or re.search(r"[*?\[]", source) or held.may_hold(path) or path.startswith(_OF_GO):
        return None
    below = (*held.files, *held.trees)
    is_folder = any(one.startswith(f"{path}/") for one in below) or _is_named(file, stage, path)
    made = [one for one, origin in held.files.items() if not origin]
    return None if is_folder or not made else made


def _is_named(file: Dockerfile, stage: Stage, path: str) -> bool:
    """Whether a command writes what cannot be told, or names the path or a directory above it."""
    for one in file.ancestry(stage):
        if any(each.keyword == "WORKDIR" and each.value.strip().rstrip("/") == path for each in one.instructions):
            return True
        for command in commands(file, one):
            name, verb = command.words[0].rpartition("/")[2], " ".join(command.words[1:2])
            if name in ("go", "xx-go") and verb not in _KEEPING:
                return True
            if name in ("mkdir", "touch") and any(path.startswith(word.rstrip("/")) for word in command.words[2:]):
                return True
            if name == "mkdir" and any(path.startswith(word.rstrip("/")) for word in command.words[1:]):
                return True
    return False


def not_held(
    file: Dockerfile, stage: Stage, held: Contents, around: tuple[Repository | None, Workloads | None]
) -> Iterator[Draft]:
    """Each flag and variable that names a file which lies elsewhere in the image, or in the repository alone."""
    repository, workloads = around
    volumes = [*_volumes(file, stage), *_mounts(workloads)]
    for one, path in _told(file, stage):
        if _is_held(held, path) or any(path == top or path.startswith(f"{top.rstrip('/')}/") for top in volumes):
            continue
        elsewhere = [other for other in held.files if _is_like(other, path)]
        own = [] if elsewhere or repository is None else _named_like(path, repository.documents)
        if not elsewhere and not own:
            continue  # whoever starts the container brings it
        words = f"it lies at `{elsewhere[0]}`" if elsewhere else f"is it {own[0]}? No COPY takes that along"
        yield Draft(
            place(file, one),
            f"{one.keyword} names `{path}`, which the image does not hold; {words}",
            key=f"{label(stage)}: {path}",
            severity=Severity.WARNING if elsewhere else Severity.NOTE,
            target=target_of(file),
        )


def _is_like(other: str, path: str) -> bool:
    """Whether a file has the same name in another directory, or another ending in the same one."""
    is_same = posixpath.splitext(other)[0] == posixpath.splitext(path)[0] and other.endswith(_ENDS)
    return is_same or posixpath.basename(other) == posixpath.basename(path)


def _is_held(held: Contents, path: str) -> bool:
    """Whether the image can hold it; a program's own settings are in no base image whose contents are known."""
    if held.base.family != UNKNOWN and re.fullmatch(r"/(?:etc|opt|var)/.+\.(?:ya?ml|toml|json)", path):
        return held.brings(path)
    return held.may_hold(path)


def _named_like(path: str, documents: Iterable[str]) -> list[str]:
    return [one for one in documents if posixpath.basename(one) == posixpath.basename(path) and not is_sample(one)]


def _told(file: Dockerfile, stage: Stage) -> Iterator[tuple[Instruction, str]]:
    """Absolute paths with a file's ending that the start or an ENV names as a thing to read."""
    state = end_state(file, stage)
    words = started_words(state)
    for word, following in zip(words, (*words[1:], ""), strict=False):
        match = _SETTINGS.fullmatch(word)
        first = state.command if state.command and state.command.array and word in state.command.array else None
        spot = first or state.entrypoint
        if match and spot and (path := _path(match["value"] or following)):
            yield spot, path
    for one in (each for own in file.ancestry(stage) for each in own.instructions if each.keyword == "ENV"):
        for assigned in _assigned(one, file.escape):
            if _VARIABLE.search(assigned[0]) and (path := _path(assigned[1])):
                yield one, path


def _assigned(one: Instruction, escape: str) -> Iterable[tuple[str, str]]:
    try:
        return [(each.name, (each.value or "").strip("\"'")) for each in assignments(one, escape)]
    except ValueError:
        return ()


def _path(text: str) -> str:
    is_file = text.startswith("/") and text.endswith(_ENDS) and not set(text) & set("$*:,")
    return posixpath.normpath(text) if is_file else ""


def _volumes(file: Dockerfile, stage: Stage) -> Iterator[str]:
    for one in (each for own in file.ancestry(stage) for each in own.instructions if each.keyword == "VOLUME"):
        yield from one.array or one.value.split()


def _mounts(workloads: Workloads | None) -> Iterator[str]:
    for workload in workloads.workloads if workloads else ():
        for container in workload.containers:
            yield from (one for one in container.mounts if one.startswith("/"))
