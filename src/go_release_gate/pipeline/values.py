"""What `init` gives to templates: the values of placeholders, and the blocks that stand."""

from __future__ import annotations

from collections.abc import Sequence

from go_release_gate.pipeline.choices import is_branch
from go_release_gate.pipeline.proposal import Proposal, login_of
from go_release_gate.pipeline.rendering import TemplateError, quoted
from go_release_gate.pipeline.services import Service


def values_of(proposal: Proposal, service: Service | None) -> dict[str, str]:
    """What the placeholders stand for: pipeline.names.PLACEHOLDERS. Raises TemplateError: a name that cannot."""
    names = [one.name for one in proposal.environments]
    values = {
        "ACTION": proposal.choices.action,
        "REF": proposal.ref,
        "DEFAULT_BRANCH": _branch(proposal.branch),
        "SERVICES": _flow([quoted(one.name) for one in proposal.services]),
        "ENVIRONMENTS": _flow([quoted(name) for name in names]),
        "STAGING": names[0] if names else "",
        "PRODUCTION": names[-1] if names else "",
        "PRIVATE": ",".join(proposal.owners),
        "IMAGES": _flow([_mapping(one) for one in proposal.services]),
    }
    if service:
        values |= {
            "SERVICE": service.name,
            "IMAGE": service.image,
            "DOCKERFILE": service.dockerfile,
            "CONTEXT": service.context,
            "TARGET": service.target,
            "MODULE": service.module,
            "PLATFORMS": ",".join(service.platforms),
            "TAG_FILTER": service.tag_filter,
        }
    return values


def _flow(entries: Sequence[str]) -> str:
    return f"[{', '.join(entries)}]"


def _branch(name: str) -> str:
    """The branch in a filter. Raises TemplateError: a name that a filter would read as a pattern."""
    if not is_branch(name):
        raise TemplateError(f"the branch {name!r} would be a pattern there; --branch names another")
    return quoted(name)


def blocks_of(proposal: Proposal, service: Service | None) -> frozenset[str]:
    """The blocks that stand: pipeline.names.BLOCKS."""
    login = _login((service,) if service else proposal.services)
    is_on = {
        "private-modules": bool(proposal.owners),
        "production": len(proposal.environments) > 1,
        "health": proposal.has_health,
        "codeql": proposal.choices.code_scanning,
        "multiple-services": len(proposal.services) > 1,
        "target": bool(service and service.target),
        "registry-credentials": login == "credentials",
        f"login-{login}": True,
        "files": proposal.choices.files and _attaches(proposal, service),
        "image": proposal.choices.pull_request_images and bool(proposal.services),
        "ca-bundle": proposal.choices.ca_bundle,
    }
    return frozenset(name for name, is_wanted in is_on.items() if is_wanted)


def _mapping(service: Service) -> str:
    """A service as one mapping of a matrix. Raises TemplateError: a path that a workflow cannot take."""
    said = {
        "service": service.name,
        "image": service.image,
        "dockerfile": service.dockerfile,
        "context": service.context,
        "target": service.target,
        "platforms": ",".join(service.platforms),
    }
    for value in said.values():
        quoted(value)
    return "{" + ", ".join(f'{key}: "{value}"' for key, value in said.items()) + "}"


def _attaches(proposal: Proposal, service: Service | None) -> bool:
    """Whether the release of this service has the files: of services with the same tags the first alone."""
    first = next((one for one in proposal.services if service and one.tag_filter == service.tag_filter), None)
    return first is not None and first is service


def _login(services: Sequence[Service]) -> str:
    """The one way to log in for all of them: a stored login knows every registry."""
    logins = {login_of(one.image) for one in services}
    return logins.pop() if len(logins) == 1 else "credentials" if logins else "ghcr"
