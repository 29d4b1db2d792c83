"""What a release was made from: tag, commit, and the hashes of the module's files as that commit has them."""

from __future__ import annotations

import hashlib
import posixpath

from go_release_gate.cli.release.wiring import Desk
from go_release_gate.engine.commit_modules import CommitFiles, files_of, modules_of
from go_release_gate.errors import UsageError
from go_release_gate.facts.module import Module
from go_release_gate.facts.snapshot import snapshot_of
from go_release_gate.gomod import version as versions
from go_release_gate.ledger.entry import Source


def source_of(desk: Desk, service: str, image_tag: str, told: str = "") -> Source:
    """The source of a release.

    Args:
        image_tag: tag of the image, which names the version where no git tag is told. told: `--tag`.

    Raises:
        UsageError: the tag is not in this checkout, or is of another service's module. UnavailableError: its commit
            cannot be read.
    """
    settings = desk.service(service)
    directory = posixpath.normpath(settings.module)
    tag = told.removeprefix("refs/tags/") or _tag_of(desk, directory, image_tag)
    _refuse_foreign(desk, service, directory, tag)
    commit = desk.git.tag_at(tag) if tag else desk.git.head_commit()
    if tag and not commit:
        raise UsageError(f"there is no git tag {tag!r} in this checkout", "fetch it: git fetch --tags")
    version = version_of(tag) or (image_tag.removeprefix("v") if versions.is_valid(_tagged(image_tag)) else "")
    files = files_of(desk.git, commit) if commit else None
    module = next((one for one in modules_of(files) if one.dir == directory), None) if files else None
    return Source(
        tag=tag,
        version=version,
        commit=commit,
        module=module.path if module else "",
        go_mod=_hash(files, module, "go.mod"),
        go_sum=_hash(files, module, "go.sum"),
        build_list=snapshot_of(module) if module else "",
        snapshot=desk.args.snapshot or "",
    )


def _refuse_foreign(desk: Desk, service: str, directory: str, tag: str) -> None:
    """Raise UsageError for a tag of another service's module: a digest is recorded once, and under its own version."""
    prefix = tag.rpartition("/")[0]
    for name, other in desk.settings.services.items():
        found = posixpath.normpath(other.module)
        if prefix and prefix == found != directory:
            raise UsageError(
                f"the tag {tag!r} is of {found}, the module of {name}; that of {service} is {directory}",
                "name the tag of its own module: --tag",
            )


def version_of(tag: str) -> str:
    """The version that a git tag names, without `v`: of `services/api/v1.4.2` 1.4.2; empty: it names none."""
    word = _tagged(tag.rpartition("/")[2])
    return word.removeprefix("v") if versions.is_canonical(word) else ""


def _tag_of(desk: Desk, directory: str, image_tag: str) -> str:
    """The git tag that the image's tag means, if it is there: the module's own form first."""
    if not versions.is_valid(_tagged(image_tag)):
        return ""
    names = [_tagged(image_tag), image_tag.removeprefix("v")]
    prefixes = ["", f"{directory}/"] if directory != "." else [""]
    wanted = [f"{prefix}{name}" for prefix in reversed(prefixes) for name in names]
    return next((name for name in wanted if desk.git.tag_at(name)), "")


def _tagged(version: str) -> str:
    return f"v{version.removeprefix('v')}" if version else ""


def _hash(files: CommitFiles | None, module: Module | None, name: str) -> str:
    content = files.read(module.file(name)) if files and module else None
    return "" if content is None else f"sha256:{hashlib.sha256(content).hexdigest()}"
