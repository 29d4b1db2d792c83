"""The names that workflow templates know: what a placeholder stands for, what a block switches on.

`@NAME@` in a template is a placeholder, `#? if NAME` a block; see pipeline/rendering.py. What no template names here
does not exist: tests hold templates, `init` and the generated starter workflows against these tables.
"""

from __future__ import annotations

TEMPLATES = ("pull-request", "annotate", "release", "rollback", "watch")
"""The templates, in the order in which a repository adopts them."""

PLACEHOLDERS: dict[str, str] = {
    "ACTION": "repository of the action and of its reusable workflows: acme/go-release-gate",
    "REF": "tag or full commit that they are pinned to",
    "DEFAULT_BRANCH": "the default branch",
    "SERVICE": "service of the configuration; in rollback and watch only without the block multiple-services",
    "SERVICES": "all services, as a list in YAML's flow form: [api, worker]",
    "ENVIRONMENTS": "all environments as the configuration calls them, in the same form",
    "STAGING": "the environment that a release reaches first",
    "PRODUCTION": "the environment that a release reaches last",
    "IMAGE": "the image's name with its registry, without a tag",
    "DOCKERFILE": "its Dockerfile, relative to the root",
    "CONTEXT": "the context it is built in, relative to the root",
    "TARGET": "the stage that is built; only with the block target",
    "MODULE": "directory of the service's module, relative to the root; only with the block files",
    "PLATFORMS": "its platforms, with commas between",
    "TAG_FILTER": "pattern of the git tags that release it: v*",
    "IMAGES": "service, image, Dockerfile, context, target and platforms of each, as a list of mappings in YAML's flow "
    "form; only with the block image",
    "PRIVATE": "owners of private modules with commas between, github.com/acme or acme; at most four",
}
"""Placeholder → what its value is."""

BLOCKS: dict[str, str] = {
    "private-modules": "modules of owners that only a GitHub App's token may read (@PRIVATE@)",
    "production": "there is an environment behind the first one (@PRODUCTION@)",
    "health": "environments have probes: a release is judged behind each promotion",
    "codeql": "findings go to code scanning, too",
    "multiple-services": "there is more than one service (@SERVICES@)",
    "target": "the Dockerfile is built up to a stage that is not its last (@TARGET@)",
    "registry-credentials": "the registry takes a stored login (secret REGISTRY_CREDENTIALS)",
    "login-ghcr": "the registry is ghcr.io: the job's own token",
    "login-aws": "the registry is Amazon's: a role by OIDC (variables AWS_ROLE, AWS_REGION)",
    "login-google": "the registry is Google's: OIDC (variables GOOGLE_PROVIDER, GOOGLE_ACCOUNT)",
    "login-azure": "the registry is Azure's: OIDC (variables AZURE_CLIENT, AZURE_TENANT)",
    "login-credentials": "any other registry: a stored login; goes with registry-credentials",
    "files": "programs are attached to a release of GitHub's, which is published last (@MODULE@)",
    "image": "images are built on pull requests, too; nothing is pushed",
    "ca-bundle": "a company's certificate authorities (variable CA_BUNDLE)",
}
"""Block → when it stands."""
