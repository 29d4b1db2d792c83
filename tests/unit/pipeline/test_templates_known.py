"""What `init` gives to templates is what they ask for."""

import itertools

import pytest

from go_release_gate.pipeline.choices import Choices
from go_release_gate.pipeline.files import planned
from go_release_gate.pipeline.names import BLOCKS, PLACEHOLDERS
from go_release_gate.pipeline.options import words_of
from go_release_gate.pipeline.proposal import propose
from go_release_gate.pipeline.rendering import render
from go_release_gate.pipeline.survey import BuildFile, Survey

IMAGES = ("ghcr.io/a/b", "1.dkr.ecr.x.amazonaws.com/b", "x.pkg.dev/a/b", "a.azurecr.io/b", "quay.io/a/b")


@pytest.mark.parametrize(("image", "has_all", "count"), list(itertools.product(IMAGES, (False, True), (0, 1, 2))))
def test_only_known_names_are_given(monkeypatch: pytest.MonkeyPatch, image: str, has_all: bool, count: int) -> None:
    """Every value and block that is handed to a template stands in the tables of names."""
    seen: list[tuple[set[str], set[str]]] = []

    def watched(name: str, values: dict[str, str], blocks: frozenset[str]) -> str:
        seen.append((set(values), set(blocks)))
        return render("", values, blocks)

    monkeypatch.setattr("go_release_gate.pipeline.files.rendered", watched)
    files = tuple(BuildFile(f"{name}/Dockerfile", name, (name,), "build") for name in ("api", "worker")[:count])
    choices = Choices(
        images={"api": image, "worker": image},
        private=("github.com/acme",) if has_all else None,
        health={"production": "https://example.com/"} if has_all else {},
        code_scanning=has_all,
        ca_bundle=has_all,
        files=has_all,
        pull_request_images=has_all,
    )
    planned(propose(Survey(repository="a/b", build_files=files), choices, "1.0.0"), "1.0.0")
    assert seen
    for values, blocks in seen:
        assert values <= set(PLACEHOLDERS)
        assert blocks <= set(BLOCKS)


def test_choices_are_words_that_can_be_read_again() -> None:
    """Every field of the choices has its option."""
    choices = Choices(
        services={"api": "Dockerfile", "x": ""},
        images={"api": "ghcr.io/a/b"},
        environments=("a", "b"),
        targets="none",
        branch="trunk",
        platforms=("linux/arm64",),
        private=(),
        health={"a": "https://example.com/"},
        pull_requests_only=True,
        code_scanning=True,
        ca_bundle=True,
        files=True,
        pull_request_images=True,
        action="mirror/gate",
        ref="v2",
    )
    from go_release_gate.cli.init_choices import choices_of
    from go_release_gate.cli.options import find_verb, parse

    args = parse(find_verb("init"), words_of(choices), {})
    assert args is not None
    assert choices_of(args, {}) == choices
