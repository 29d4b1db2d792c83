"""The inputs of `init`: what may be chosen instead of what is proposed, and how it is installed."""

from __future__ import annotations

from go_release_gate.config.input import Input, Kind

_VERBS = ("init",)


def _switch(name: str, description: str, short: str = "") -> Input:
    return Input(name, description, Kind.BOOLEAN, fallback="false", verbs=_VERBS, short=short, in_action=False)


def _list(name: str, description: str, fallback: str, metavar: str) -> Input:
    return Input(name, description, Kind.LIST, fallback=fallback, verbs=_VERBS, metavar=metavar, in_action=False)


def _text(name: str, description: str, fallback: str, metavar: str) -> Input:
    return Input(name, description, fallback=fallback, verbs=_VERBS, metavar=metavar, in_action=False)


INIT_INPUTS: tuple[Input, ...] = (
    _switch("yes", "Take what is proposed and write it, without asking.", "y"),
    _switch("dry-run", "Show what would be written, and write nothing."),
    _switch("check", "Write nothing; exit 1 when a file is missing or not as it would be written. Edited files pass."),
    _list("overwrite", "Edited files whose edits are given up.", "none", "FILE"),
    _text(
        "commit",
        "Commit what was written, and nothing else, on the new branch BRANCH. Nothing is pushed.",
        "nothing is committed",
        "BRANCH",
    ),
    _list(
        "service",
        "Services to release, with the Dockerfile where another one is meant.",
        "one for each program that a Dockerfile builds",
        "NAME[=DOCKERFILE]",
    ),
    _list(
        "image",
        "Repository of a service's image; without a name that of the only service.",
        "as workflows push it or manifests name it, else on ghcr.io",
        "[NAME=]IMAGE",
    ),
    _list("environment", "Environments, in the order of a release.", "staging, production", "NAME"),
    Input(
        "targets",
        "What a promotion changes: manifests of this repository (gitops), a tag that follows (channel-tag), nothing.",
        Kind.CHOICE,
        choices=("auto", "channel-tag", "gitops", "none"),
        fallback="auto",
        verbs=_VERBS,
        in_action=False,
    ),
    _list("platform", "Platforms of the images.", "as workflows build them", "PLATFORM"),
    _list("health", "Addresses that answer 200 where an environment is well.", "none is asked", "ENVIRONMENT=URL"),
    _list(
        "private",
        "Owners or hosts of private modules, such as github.com/acme; `none`: there are none.",
        "what GOPRIVATE says in workflows, scripts and Dockerfiles",
        "PREFIX",
    ),
    _text("branch", "The default branch.", "as git or the workflows tell", "NAME"),
    _text("ref", "Tag or full commit hash of go-release-gate that workflows use.", "the running version's", "REF"),
    _text("action-repository", "Repository of go-release-gate, where it is a mirror.", "acme/go-release-gate", "NAME"),
    _switch("pull-requests-only", "Install the gate of pull requests alone; nothing is built or released."),
    _switch("code-scanning", "Send findings to code scanning, too."),
    _switch("release-files", "Attach the programs, with signed checksums, to a GitHub release that is published last."),
    _switch("pull-request-images", "Build and inspect the images on pull requests, too; nothing is pushed."),
    _switch("with-ca-bundle", "Wire a company's certificate authorities, from the variable CA_BUNDLE."),
)
