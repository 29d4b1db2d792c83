"""A program in a finished image holds a dependency that go.sum of the released commit does not vouch for.

## What it finds

In every Go program of the image that is of a module of the repository: a dependency whose recorded version or `h1:`
sum is not what go.mod and go.sum of the tagged commit say. A program built with vendored dependencies records no sums:
its versions are compared, and a note says that the content cannot be proved.

Also an image, held against a tag, that has no program of the module that the tag releases.

## Why

go.sum is what a release promises to be made of. A program with another version was built from another commit, or from
a tree in which something ran `go get`; one with another sum was built from content that nobody has reviewed.

## Fix

Build the image from the tagged commit, with `-mod=readonly`, and without `go get` and `go mod tidy` in the Dockerfile.

## Limits

Only programs that record what they are built from (modules are on, not packed). A dependency that a local directory
replaces has no version and no sum: it is as good as the commit. Versions are compared where go.mod says all of them
(from go 1.17 on, outside of workspaces). Programs of other modules are not the release's: nothing is said of them.

## References

- https://pkg.go.dev/runtime/debug#BuildInfo
- https://go.dev/ref/mod#go-sum-files
- https://go.dev/ref/mod#graph-pruning
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.binary import Binary, RecordedModule
from go_release_gate.facts.image_content import Expected, ExpectedModule, ImageContent, PlatformImage
from go_release_gate.model.finding import Related
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image import Said, drafts, module_path, own_binaries

RULE = Rule(
    id="binary-not-from-go-sum",
    summary="a program in the image holds what go.sum of its commit does not vouch for",
    severity=Severity.ERROR,
    since="0.1",
    needs=(),
)

MOST_NAMED = 20  # further dependencies of one program


@RULE.check_of(ImageContent, Expected)
def check(image: ImageContent, expected: Expected) -> Iterator[Draft]:
    """One draft per program and kind of trouble."""

    def of_platform(platform: PlatformImage) -> Iterator[Said]:
        yield from _of_another_module(platform, expected)
        for binary in own_binaries(platform, expected):
            module = expected.module_at(module_path(binary))
            if module is not None:
                yield from _of_binary(binary, module)

    return drafts(image, of_platform)


def _of_another_module(platform: PlatformImage, expected: Expected) -> Iterator[Said]:
    """An image that was asked for by a tag, and holds programs, yet none of the module that the tag releases."""
    paths = {module_path(one): one.path for one in reversed(platform.binaries) if module_path(one)}
    if expected.tag and expected.module and paths and expected.module not in paths:
        found = ", ".join(f"{path} of {module}" for module, path in list(paths.items())[:MOST_NAMED])
        said = f"no program in the image is of the module {expected.module} that the tag {expected.tag} releases"
        yield Said("module", f"{said}; found {found}")


def _of_binary(binary: Binary, module: ExpectedModule) -> Iterator[Said]:
    used = [one.replaced_by or one for one in (binary.info.dependencies if binary.info else ())]
    used = [one for one in used if _has_version(one)]
    wrong = [words for one in used if (words := _problem(one, module))]
    others = tuple(Related(words) for words in wrong[1 : MOST_NAMED + 1])
    if wrong:
        more = f" ({len(wrong) - 1} more like it)" if len(wrong) > 1 else ""
        said = f"{binary.path} holds {wrong[0]}{more}; build it from the released commit, with -mod=readonly"
        yield Said(f"content {binary.path}", said, related=others)
    elif used and not any(one.sum for one in used):
        said = f"{binary.path} records no sums of its {len(used)} dependencies, as vendored ones have none: that its "
        yield Said(f"unproved {binary.path}", f"{said}content is that of go.sum is not provable", Severity.NOTE)


def _has_version(one: RecordedModule) -> bool:
    """Whether it is a version that somebody published; a directory has none."""
    return one.version.startswith("v")


def _problem(one: RecordedModule, module: ExpectedModule) -> str:
    """What is wrong with a dependency, in words; empty: nothing that is known."""
    name = f"{one.path} {one.version}"
    wanted = module.versions.get(one.path) if module.versions is not None else ""
    if module.versions is not None and not wanted:
        return f"{name}, which go.mod of {module.path} does not have"
    if wanted and wanted != one.version:
        return f"{name}, where go.mod of {module.path} says {wanted}"
    if not one.sum or module.sums is None:
        return ""
    known = module.sums.get(name, "")
    if not known:
        return f"{name} ({one.sum}), which go.sum does not have"
    return "" if known == one.sum else f"{name} with the sum {one.sum}, where go.sum says {known}"
