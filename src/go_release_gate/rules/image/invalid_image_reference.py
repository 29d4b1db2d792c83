"""An image name that no registry accepts, or that means another registry than it says.

## What it finds

A reference in a Kubernetes manifest, kustomization, values file of a chart, compose file, workflow job or Dockerfile
that is not in the grammar: upper-case letters in the repository (`ghcr.io/Acme/shop`), an empty or over-long tag, a
character that is not allowed, a digest that is none; also a repository that a step of a workflow pushes to, as far as
its name can be worked out (`ghcr.io/${{ github.repository }}` of an owner in upper case). And the one that is in the
grammar and still wrong: a first part with an upper-case letter (`Acme/shop`) is read as the host name of a registry.

## Why

Names are checked late: by the push at the end of a build, by the node that cannot pull (`InvalidImageName`), or, where
an owner is taken for a host, by a name server that knows no `Acme`. A GitHub owner may have upper-case letters, an
image repository may not, so a name pasted from one to the other fails.

## Fix

Write the repository in lower case. Where that is all that is wrong the finding carries the corrected line.

## Limits

Texts that something fills in are left out: template actions, `${VARIABLE}` without a default, `<image>`, `IMAGE_NAME`,
`ko://…`. So are names that kustomize or skaffold replace, what lies in `docs`, `test`, `tests`, `e2e` and `fixtures`,
and custom resources that keep an image outside a list of containers. In a chart's templates only plain lines
`image: name` are read. A host with a dot or a port may have upper-case letters.

## References

- https://github.com/distribution/reference/blob/main/reference.go
- https://kubernetes.io/docs/concepts/containers/images/
- https://docs.github.com/packages/working-with-a-github-packages-registry/working-with-the-container-registry
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.image_uses import ImageUse, ImageUses
from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Edit, Fix, Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.oci.manifests.scan import is_sample
from go_release_gate.oci.manifests.use import is_placeholder
from go_release_gate.oci.reference import InvalidReferenceError, Reference, parse
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.image._uses import draft, numbered, shown
from go_release_gate.rules.workflow._places import split_name, written_names

RULE = Rule(
    id="invalid-image-reference",
    summary="an image name is not one, or names another registry than it seems to",
    severity=Severity.ERROR,
    since="0.1",
    needs=(ImageUses,),
    uses=(Workflows,),
    fix="safe",
)


@RULE.check
def check(found: ImageUses, workflows: Workflows | None = None) -> Iterator[Draft]:
    """One draft per use whose reference is refused or misleads, and per repository that a step pushes to."""
    for use, key in numbered(found.uses):
        message = "" if use.is_overridden else problem(use)
        if message:
            severity = Severity.WARNING if is_sample(use.path) else None
            yield draft(use, message, key, fix=_fix(use), severity=severity)
    if workflows is not None:
        yield from _pushed(workflows)


def _pushed(workflows: Workflows) -> Iterator[Draft]:
    """The repositories that steps push to, where they are wholly known."""
    seen: set[tuple[str, str, str, str]] = set()
    for outcome in workflows.outcomes:
        for push in outcome.pushes:
            for name in written_names(push):
                repository, _ = split_name(name)
                place = (push.workflow, push.job, push.step, repository)
                message = "" if place in seen or is_placeholder(repository) else _message(repository)
                seen.add(place)
                if message:
                    key = f"{push.job}/{push.step} {repository}"
                    target = Target("image", shown(repository))
                    yield Draft(Location(push.workflow, push.line), f"pushes {message}", key=key, target=target)


def _message(text: str) -> str:
    try:
        host = parse(text).domain
    except InvalidReferenceError as error:
        return str(error)
    return _mistaken(text, host) if is_mistaken_host(host) else ""


def problem(use: ImageUse) -> str:
    """What is wrong with its reference; empty: nothing."""
    try:
        reference = _read(use)
    except InvalidReferenceError as error:
        return str(error)
    is_mistaken = not use.is_pattern and is_mistaken_host(reference.domain)
    return _mistaken(use.text, reference.domain) if is_mistaken else ""


def _mistaken(text: str, host: str) -> str:
    return f"`{shown(text)}` names a registry with the host `{shown(host)}`: an upper-case first part is no owner"


def is_mistaken_host(host: str) -> bool:
    """Whether only its upper-case letters make the first part of a name a host."""
    return host != host.lower() and "." not in host and ":" not in host


def _read(use: ImageUse) -> Reference:
    """A name that is only compared is not judged; what is put behind it is."""
    if not use.is_pattern:
        return use.reference()
    return parse(use.text.replace(use.repository, use.name.text.rpartition("/")[2].lower() or "image", 1))


def _fix(use: ImageUse) -> Fix | None:
    """The line with the repository in lower case, where that is right."""
    name = lowered(use.name.text)
    text = use.name.rewritten(name)
    if name == use.name.text or use.is_pattern or not text:
        return None
    try:
        reference = parse(use.text.replace(use.name.text, name, 1))
    except InvalidReferenceError:
        return None
    if is_mistaken_host(reference.domain):
        return None
    return Fix(safe=True, edits=(Edit(use.path, use.name.line, use.name.line, text),))


def lowered(text: str) -> str:
    """A reference with its repository in lower case; a host with a dot or a port, tag and digest stay."""
    name, at, digest = text.partition("@")
    head, slash, last = name.rpartition("/")
    last, colon, tag = last.partition(":")
    first, split, rest = f"{head}{slash}".partition("/")
    is_host = bool(split) and ("." in first or ":" in first)
    front = f"{first if is_host else first.lower()}{split}{rest.lower()}"
    return f"{front}{last.lower()}{colon}{tag}{at}{digest}"
