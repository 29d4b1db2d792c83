"""Recipes for a version, and what is wrong with them."""

from __future__ import annotations

import pytest

from go_release_gate.workflow.document import read_workflow
from go_release_gate.workflow.recipes import RecipeKind, recipes


def kinds(*lines: str, checkout: str = "{uses: actions/checkout@v4}", is_only_tags: bool = False) -> list[str]:
    """The recipes of a script behind a checkout, as `kind: command`."""
    script = "".join(f"          {line}\n" for line in lines)
    text = f"on: push\njobs:\n  a:\n    steps:\n      - {checkout}\n      - run: |\n{script}"
    job = read_workflow("w.yml", text.encode()).jobs[0]
    found = list(recipes(job, is_only_tags=is_only_tags))
    assert all(
        recipe.line == 7 + lines.index(next(line for line in lines if line in text.split("\n")[recipe.line - 1]))
        for recipe in found
    )
    return [f"{recipe.kind.value}: {recipe.command}" for recipe in found]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("V=$(git describe --tags $(git rev-list --tags --max-count=1))", ["newest: rev-list --tags --max-count=1"]),
        ("V=$(git describe --tags $(git rev-list -n 1 --tags))", ["newest: rev-list -n 1 --tags"]),
        ("V=$(git tag | sort -V | tail -1)", ["newest: git tag | sort -V | tail -1"]),
        (
            "V=$(git -C x tag -l 'v*' --sort=-v:refname | head -n1)",
            ["newest: git -C x tag -l 'v*' --sort=-v:refname | head -n1"],
        ),
        ("git ls-remote --tags origin | tail -n 1", ["newest: git ls-remote --tags origin | tail -n 1"]),
        ("git for-each-ref --count=1 refs/tags", ["newest: git for-each-ref --count=1 refs/tags"]),
        ("git for-each-ref refs/tags --count=1", ["newest: git for-each-ref refs/tags --count=1"]),
        ("git tag --points-at HEAD | head -1", []),
        ("git tag --merged main | tail -1", []),
        ("git tag -d v1 | head -1", []),
        ("git tag v1.2.3", []),
        ("git describe --tags", ["shallow: git describe --tags"]),
        ("V=$(git describe --always --dirty); echo", ["shallow: git describe --always --dirty"]),
        ("# git describe", []),
        ("IMAGE_TAG=$(date +%s)", ["clock: IMAGE_TAG=$(date +%s)"]),
        ('export VERSION="1.0-$(date)"', ['clock: VERSION="1.0-$(date)']),
        ("docker build -t a/b:$(date +%F) .", ["clock: -t a/b:$(date +%F)"]),
        ("BUILD_DATE=$(date)", []),
        ("VERSION_DATE=$(date)", []),
        ("VERSION=$(cat VERSION)", []),
    ],
)
def test_lines(line: str, expected: list[str]) -> None:
    """A line holds a recipe of this kind, or none."""
    assert kinds("true", line) == expected


@pytest.mark.parametrize(
    ("checkout", "is_found"),
    [
        ("{uses: actions/checkout@v4}", True),
        ("{uses: actions/checkout@v4, with: {fetch-depth: 1}}", True),
        ("{uses: actions/checkout@v4, with: {fetch-depth: 0}}", False),
        ("{uses: actions/checkout@v4, with: {fetch-tags: true}}", False),
        ("{uses: actions/checkout@v4, with: {fetch-depth: '${{ inputs.depth }}'}}", False),
        ("{run: git clone x .}", False),
    ],
)
def test_checkouts(checkout: str, is_found: bool) -> None:
    """`git describe` is right behind a checkout that has the tags."""
    assert bool(kinds("git describe", checkout=checkout)) is is_found


def test_tags_that_are_fetched_or_pushed() -> None:
    """Tags fetched before, also in the line itself, are there; so is the pushed one where only tags start the run."""
    assert kinds("git fetch --tags", "git describe") == []
    assert kinds("git fetch --unshallow && git describe") == []
    assert kinds("git describe", "git fetch --tags") == ["shallow: git describe"]
    assert kinds("git describe", is_only_tags=True) == []
    assert RecipeKind("shallow") is RecipeKind.SHALLOW


COMPARED = 'if [[ $LATEST == "${GITHUB_REF_NAME}" ]]; then'


@pytest.mark.parametrize(
    ("lines", "is_found"),
    [
        ([COMPARED, "  IS_LATEST=true", "fi"], False),
        ([COMPARED, "  docker push acme/shop:$LATEST", "fi"], True),
        (['if [ -n "$LATEST" ]; then docker push acme/shop:latest; fi'], True),
        (["[ $LATEST = x ] && echo ${LATEST#v}"], True),
        (["echo done"], True),
    ],
)
def test_newest_tag_that_is_only_compared(lines: list[str], is_found: bool) -> None:
    """Whoever asks whether the pushed tag is the newest one takes no version from it."""
    assert bool(kinds("LATEST=$(git tag --sort=version:refname | tail -n1)", *lines)) is is_found


def test_newest_tag_within_a_comparison() -> None:
    """The same without a variable; a comparison behind it on the line is another matter."""
    assert kinds('if [ "$(git tag | tail -1)" = "$GITHUB_REF_NAME" ]; then') == []
    assert kinds('[[ $GITHUB_REF_NAME == "$(git tag | tail -1)" ]]') == []
    assert len(kinds('[ "$A" = x ] && V=$(git tag | tail -1)')) == 1
