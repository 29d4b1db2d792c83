"""Which image builds workflows run."""

from __future__ import annotations

from go_release_gate.facts.image_builds import ImageBuild, image_builds
from go_release_gate.workflow.document import read_workflow

HEAD = "on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n"


def builds(text: str) -> tuple[ImageBuild, ...]:
    """The builds of one workflow whose job goes on with `text`."""
    workflow = read_workflow(".github/workflows/image.yml", (HEAD + text).encode())
    return image_builds([workflow]).builds


def test_an_action_tells_everything() -> None:
    """File, context, target, arguments and platforms of docker/build-push-action."""
    (found,) = builds(
        "    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: services/api\n"
        "          file: build/Dockerfile\n          target: run\n          platforms: linux/amd64,linux/arm64\n"
        "          build-args: |\n            GO=1.25\n            SECRET=${{ secrets.X }}\n"
    )

    assert (found.dockerfile, found.context, found.target) == ("build/Dockerfile", "services/api", "run")
    assert (dict(found.arguments), found.unknown) == ({"GO": "1.25"}, frozenset({"SECRET"}))
    assert found.platforms == ("linux/amd64", "linux/arm64")
    assert found.lines["GO"] == 13


def test_a_matrix_of_platforms_is_several() -> None:
    """The platforms of all combinations are those of one build."""
    text = (
        "    strategy: {matrix: {platform: [linux/amd64, linux/arm64]}}\n    steps:\n"
        "      - uses: docker/build-push-action@v6\n        with: {platforms: '${{ matrix.platform }}'}\n"
    )
    (found,) = builds(text)

    assert found.platforms == ("linux/amd64", "linux/arm64")
    assert (found.dockerfile, found.context) == ("Dockerfile", ".")


def test_a_command_line() -> None:
    """`docker buildx build` in a step with a directory; `docker run` builds nothing."""
    text = (
        "    steps:\n      - working-directory: api\n        run: |\n"
        "          docker run golang:1.25 go build\n"
        "          docker buildx build --platform linux/arm64 --build-arg GO=1.24 -f ci/Dockerfile --push -t a ..\n"
    )
    (found,) = builds(text)

    assert (found.dockerfile, found.context, found.line) == ("api/ci/Dockerfile", ".", 9)
    assert (dict(found.arguments), found.platforms) == ({"GO": "1.24"}, ("linux/arm64",))


def test_what_is_unknown_stays_so() -> None:
    """An expression in the context leaves no Dockerfile, one in the platforms leaves them open."""
    text = (
        "    steps:\n      - uses: docker/build-push-action@v6\n"
        "        with: {context: '${{ vars.DIR }}', platforms: '${{ vars.PLATFORMS }}'}\n"
    )
    (found,) = builds(text)

    assert (found.dockerfile, found.context, found.platforms, found.is_open) == ("", "", (), True)
