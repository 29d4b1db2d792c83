"""Choices as words of the command line, as the files that they made remember them."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.pipeline.choices import ACTION, Choices


def words_of(choices: Choices) -> tuple[str, ...]:
    """The options that are no defaults; given again they make the same files."""
    return tuple(_words(choices))


def _words(choices: Choices) -> Iterator[str]:
    for name, dockerfile in choices.services.items():
        yield f"--service={name}={dockerfile}" if dockerfile else f"--service={name}"
    for name, image in choices.images.items():
        yield f"--image={name}={image}" if name else f"--image={image}"
    yield from (f"--environment={name}" for name in choices.environments)
    if choices.targets != "auto":
        yield f"--targets={choices.targets}"
    yield from (f"--platform={name}" for name in choices.platforms)
    yield from (f"--health={name}={address}" for name, address in choices.health.items())
    if choices.private is not None:
        yield from (f"--private={name}" for name in choices.private or ("none",))
    for option, text in (("branch", choices.branch), ("ref", choices.ref)):
        yield from [f"--{option}={text}"] if text else []
    if choices.action != ACTION:
        yield f"--action-repository={choices.action}"
    switches = {
        "pull-requests-only": choices.pull_requests_only,
        "code-scanning": choices.code_scanning,
        "with-ca-bundle": choices.ca_bundle,
        "release-files": choices.files,
        "pull-request-images": choices.pull_request_images,
    }
    yield from (f"--{name}" for name, is_on in switches.items() if is_on)
