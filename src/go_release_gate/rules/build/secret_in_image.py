"""A finished image holds what looks like a secret.

## What it finds

- Files in the image that look like a secret: private keys, logins of git, npm, registries and clouds, `.env` files with
  passwords; those too that a later layer removes.
- Environment variables of the configuration with a token or key in them, or a password that is set
  (`DB_PASSWORD=…`).
- Build arguments in the history of the layers that hold one (`ARG TOKEN` of a `RUN`).

## Why

Whoever may pull an image may read all of it, for ever: layers, configuration and history. Deleting the file in a later
layer does not take it away.

## Fix

Make the secret worthless first: revoke it. Then build with `RUN --mount=type=secret`, and give the program its secrets
where it runs.

## Limits

What is found is a likeness, by name and content of small files; nobody is asked whether a token still works. Examples,
tests and documentation that packages bring along are passed over. The value is never shown. Values that stand for
nothing (`changeme`, `$OTHER`, `/run/secrets/…`) are no finding.

## References

- https://docs.docker.com/build/building/secrets/
- https://docs.docker.com/reference/dockerfile/#arg
- https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.facts.image_content import ImageContent, PlatformImage
from go_release_gate.model.severity import Confidence, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image import Said, drafts

RULE = Rule(
    id="secret-in-image",
    summary="the image holds what looks like a secret",
    severity=Severity.ERROR,
    since="0.1",
    needs=(),
    confidence=Confidence.MEDIUM,
)

_TOKEN = re.compile(
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{82}\b|\bglpat-[\w-]{20}|\bAKIA(?![0-9A-Z]{9}EXAMPLE)[0-9A-Z]{16}\b"
    r"|\bxox[abprs]-[0-9A-Za-z-]{20}|-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----"
)
_NAME = re.compile(r"(?:^|_)(?:PASSW(?:OR)?D|SECRET|TOKEN|API_?KEY|(?:ACCESS|PRIVATE)_KEY)$", re.IGNORECASE)
_NOTHING = re.compile(
    r"(?i)\s*|.*[$<{].*|/.*|\w+://[^:@]*|(?:change|replace)[-_ ]?me.*|(?:your|my)[-_ ].*|x+|\*+|none|null|nil|true"
    r"|false|dummy|example|secret|password|token|test|todo|unset|empty|\d{1,3}"
)
_ARGUMENTS = re.compile(r"(?:RUN )?\|(\d+) (.*)", re.DOTALL)
_LONGEST = 20_000  # characters of one step of the history that are read


@RULE.check_of(ImageContent)
def check(image: ImageContent) -> Iterator[Draft]:
    """One draft per file, variable and build argument."""
    return drafts(image, _of_platform)


def _of_platform(platform: PlatformImage) -> Iterator[Said]:
    for file in (*platform.files, *platform.removed):
        if file.note:
            where = " (a later layer takes it away, the image still has it)" if file in platform.removed else ""
            said = f"{file.path} looks like {file.note}{where}; revoke it, and build with `RUN --mount=type=secret`"
            yield Said(f"file {file.path}", said)
    for name, value in platform.config.environment.items():
        if is_secret(name, value):
            said = f"the environment variable {name} of the configuration is set to what looks like a secret; revoke it"
            yield Said(f"variable {name}", f"{said}, and set it where the image runs")
    for layer in platform.layers:
        for name, value in build_arguments(layer.created_by):
            if is_secret(name, value):
                said = f"the history keeps the build argument {name}, which looks like a secret; revoke it"
                yield Said(f"argument {name}", f"{said}, and build with `RUN --mount=type=secret`")


def is_secret(name: str, value: str) -> bool:
    """Whether a variable holds a token, or is called like one and holds something."""
    if _TOKEN.search(value[:_LONGEST]):
        return True
    return _NAME.search(name) is not None and _NOTHING.fullmatch(value[:200]) is None


def build_arguments(step: str) -> Iterator[tuple[str, str]]:
    """Name and value of the build arguments in a step of the history: `|2 A=1 B=two words /bin/sh -c …`.

    Values are not quoted there; one ends at the next of the announced names, or at the shell.
    """
    match = _ARGUMENTS.match(step[:_LONGEST])
    if match is None:
        return
    text = match[2].partition(" /bin/sh -c ")[0]
    parts = re.split(r"(?:^| )([A-Za-z_]\w*)=", text)[1:]
    yield from list(zip(parts[::2], parts[1::2], strict=True))[: min(int(match[1][:4]), 1000)]
