"""What a person may choose for `init`; everything that is not chosen is proposed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from go_release_gate.errors import UsageError
from go_release_gate.pipeline.rendering import is_writable

ACTION = "acme/go-release-gate"
TARGETS = ("auto", "channel-tag", "gitops", "none")

_REF = re.compile(r"v\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z.]+)?|[0-9a-f]{40}")
_IMAGE = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*(?::\d+)?(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)+")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?")
_PLATFORM = re.compile(r"[a-z0-9]+/[a-z0-9_]+(?:/[a-z0-9.]+)?")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~/?=&-]*)?")
_REPOSITORY = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+")
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen; an empty value leaves it to the proposal.

    Attributes:
        services: names of services → Dockerfile, empty: the one proposed; without any, all that are found.
        images: service → repository of its image; under an empty name that of the only service.
        environments: in the order of a release. targets: what promotions change, one of TARGETS.
        branch: the default branch. platforms: of every image.
        private: owners or hosts of private modules (`github.com/acme`); None: as hints in the repository say.
        health: environment → address that is well when it answers 200.
        pull_requests_only: whether nothing is released.
        code_scanning: whether findings go to code scanning, too. ca_bundle: whether a company's CA is wired.
        files: whether programs are attached to a release of GitHub's.
        pull_request_images: whether images are built on pull requests, too.
        action: repository of the action. ref: tag or commit that it is pinned to.
    """

    services: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    environments: tuple[str, ...] = ()
    targets: str = "auto"
    branch: str = ""
    platforms: tuple[str, ...] = ()
    private: tuple[str, ...] | None = None
    health: Mapping[str, str] = field(default_factory=dict)
    pull_requests_only: bool = False
    code_scanning: bool = False
    ca_bundle: bool = False
    files: bool = False
    pull_request_images: bool = False
    action: str = ACTION
    ref: str = ""

    def check(self) -> None:
        """Raise UsageError for what no file could be written with."""
        _demand(_REF, self.ref, "--ref", "a tag such as v1 or v1.2.3, or a full commit hash")
        _demand(_REPOSITORY, self.action, "--action-repository", "owner/name")
        _demand(_BRANCH, self.branch, "--branch", "the name of a branch")
        for name, dockerfile in self.services.items():
            _demand(_NAME, name, "--service", "lower-case letters, digits, `.`, `_` and `-`")
            is_outside = dockerfile.startswith("/") or ".." in dockerfile.split("/")
            if is_outside or not is_writable(dockerfile):
                raise UsageError(f"--service: {dockerfile!r} is no path of the repository that a workflow can take")
        for image in self.images.values():
            _demand(_IMAGE, image, "--image", "a repository with its registry, such as ghcr.io/acme/shop, without tag")
        for name in self.environments:
            _demand(_NAME, name, "--environment", "lower-case letters, digits, `.`, `_` and `-`")
        for name in self.platforms:
            _demand(_PLATFORM, name, "--platform", "a platform such as linux/arm64")
        for name, address in self.health.items():
            _demand(_NAME, name, "--health", "the name of an environment, as in staging=https://...")
            if not _ADDRESS.fullmatch(address):
                raise UsageError(
                    f"--health: {address!r} is no address", "for example: staging=https://example.com/health"
                )
        for name in self.private or ():
            if not is_writable(name):
                raise UsageError(f"--private: {name!r} is no host or owner", "for example: github.com/acme")


def is_image(text: str) -> bool:
    """Whether a text is the repository of an image with its registry, as it is pushed to."""
    return _IMAGE.fullmatch(text) is not None and ("." in text.partition("/")[0] or ":" in text.partition("/")[0])


def is_name(text: str) -> bool:
    """Whether a service or an environment can be called so."""
    return _NAME.fullmatch(text) is not None


def is_branch(text: str) -> bool:
    """Whether a branch is called so that a filter of a workflow means it alone."""
    return _BRANCH.fullmatch(text) is not None


def _demand(form: re.Pattern[str], text: str, option: str, expected: str) -> None:
    if text and not form.fullmatch(text):
        raise UsageError(f"{option}: {text!r} does not fit", f"expected {expected}")
