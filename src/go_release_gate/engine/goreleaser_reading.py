"""The builds that GoReleaser's file asks for, as commands of Go: https://goreleaser.com/customization/builds/go/."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.facts.go_calls import MANIFEST, GoCall
from go_release_gate.facts.repository import Repository
from go_release_gate.gocommand.call import GoCommand
from go_release_gate.oci.manifests.nodes import Node, UnreadableError, pieces, read
from go_release_gate.shell.unknown import Holes

NAME = re.compile(r"\.?goreleaser[\w.-]*\.ya?ml")
FILE_LIMIT = 1 << 20  # bytes

_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def goreleaser_calls(repository: Repository) -> Iterator[GoCall]:
    """One `go build` for each entry of `builds` that sets linker flags."""
    for path in repository.documents:
        directory, _, name = path.rpartition("/")
        if NAME.fullmatch(name) and directory in ("", ".config"):
            try:
                data = read_regular(repository.root, directory or ".", name, FILE_LIMIT)
            except RefusedFileError:
                continue
            yield from _calls(path, (data or b"").decode("utf-8", "replace"), repository)


def _calls(path: str, text: str, repository: Repository) -> Iterator[GoCall]:
    root = repository.module_at(".")
    try:
        nodes = [node for before, piece in pieces(text) for node in read(piece, before)]
    except UnreadableError:
        return
    for node in nodes:
        for number, build in enumerate(node.get("builds").items):
            call = _call(path, build, root.path if root else "", str(number))
            if call is not None:
                yield call


def _call(path: str, build: Node, module: str, number: str) -> GoCall | None:
    holes = Holes()

    def filled(text: str) -> str:
        if module:
            text = re.sub(r"\{\{-?\s*\.ModulePath\s*-?\}\}", module, text)
        return _ACTION.sub(lambda action: holes.mark("a template of GoReleaser", action[0]), text)

    flags = build.get("ldflags")
    parts = [item for item in (flags, *flags.items) if item.part]
    if not parts or parts[0].part is None or build.get("builder").text not in ("", "go"):
        return None
    value = filled(" ".join(item.text for item in parts))
    directory = posixpath.normpath(filled(build.get("dir").text) or ".")
    main = filled(build.get("main").text) or "."
    main = main if main.startswith((".", f"{module}/")) else f"./{main}"
    command = GoCommand(
        ("go", "build", f"-ldflags={value}", main),
        "build",
        {"ldflags": value},
        arguments=(main,),
        given=(("ldflags", value),),
    )
    scope = build.get("id").text or number
    return GoCall(path, parts[0].part.line, MANIFEST, command, directory=directory, scope=scope)
