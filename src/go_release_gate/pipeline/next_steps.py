"""What is left to people after the files are written: settings of the repository, secrets, the first release.

Which environments, secrets and variables there are is read from the written workflows themselves.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from go_release_gate.pipeline.config_text import unplaced_entries
from go_release_gate.pipeline.files import Planned
from go_release_gate.pipeline.proposal import Proposal
from go_release_gate.pipeline.survey import BUILDS, PUSHES, TESTS, ExistingJob

_SECRET = re.compile(r"\bsecrets\.([A-Za-z_][A-Za-z0-9_]*)")
_VARIABLE = re.compile(r"\bvars\.([A-Za-z_][A-Za-z0-9_]*)")
_JOB = re.compile(r"^  ([A-Za-z_][\w-]*):[ \t]*(?:#.*)?\n(?:    name:[ \t]*[\"']?([^\n\"'#]+))?", re.MULTILINE)
_TAKEN_OVER = (("pull-request", (TESTS,)), ("release", (BUILDS, PUSHES)))
_OWN = frozenset({"GITHUB_TOKEN"})
_OPTIONAL = frozenset({"RELEASE_REQUEST_KEY", "METRICS_TOKEN"})  # for signed requests; for a Prometheus with a login


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, in words, and commands that do it."""

    words: str
    commands: tuple[str, ...] = ()


def next_steps(proposal: Proposal, files: Sequence[Planned], committed: str = "") -> tuple[Step, ...]:
    """What is to be done, in order. `committed`: the branch that the files were committed to."""
    workflows = [one for one in files if one.path.endswith(".yml") and "/" in one.path]
    texts = [one.after.decode("utf-8", "replace") for one in workflows]
    return (
        *_opening(files, committed),
        *_entries(proposal),
        *_required(proposal, workflows),
        *_environments(proposal),
        *_ledger(proposal),
        *_secrets(texts),
        *_first_release(proposal),
        *_health(proposal),
    )


def replaced_jobs(proposal: Proposal) -> tuple[str, ...]:
    """The jobs that are there already and do the like, one line each, with the workflow that does it from now on."""
    return tuple(text for one in proposal.survey.jobs for text in _replaced(one, has_release=bool(proposal.services)))


def _replaced(one: ExistingJob, *, has_release: bool) -> Iterator[str]:
    by = [name for name, words in _TAKEN_OVER if set(words) & set(one.does) and (has_release or name != "release")]
    if by:
        images = f" {', '.join(one.images)}" if one.images else ""
        yield f"{one.path}:{one.line} job {one.job} {' and '.join(one.does)}{images} -> {' and '.join(by)}"


def _opening(files: Sequence[Planned], committed: str) -> Iterator[Step]:
    written = [one.path for one in files if one.state.is_written]
    if committed:
        yield Step("open the pull request", (f"git push -u origin {shlex.quote(committed)}", "gh pr create --fill"))
    elif written:
        add = shlex.join(["git", "add", *written])
        yield Step(
            "open a pull request with these files",
            (
                "git switch -c release-gate",
                f"{add} && git commit -m 'Gate pull requests and releases'",
                "git push -u origin release-gate && gh pr create --fill",
            ),
        )


def _entries(proposal: Proposal) -> Iterator[Step]:
    """What could not be put into a section of the configuration without touching what is there."""
    for key, text in unplaced_entries(proposal).items():
        yield Step(f"add to `{key}` of .go-release-gate.yml", tuple(text.splitlines()))


def _required(proposal: Proposal, workflows: Sequence[Planned]) -> Iterator[Step]:
    own = next((one for one in workflows if one.path.endswith("pull-request.yml")), None)
    names = [match[2] or match[1] for match in _JOB.finditer(_jobs_of(own.after.decode()))] if own else []
    if not names:
        return
    rule = {
        "name": "go-release-gate",
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "rules": [
            {"type": "pull_request", "parameters": _pull_requests()},
            {
                "type": "required_status_checks",
                "parameters": {
                    "strict_required_status_checks_policy": False,
                    "required_status_checks": [{"context": names[-1].strip()}],
                },
            },
        ],
    }
    words = f"after its first run, require the check `{names[-1].strip()}` on {proposal.branch}"
    yield Step(words, (_ruleset(proposal, rule),))


def _jobs_of(text: str) -> str:
    return text.replace("\r\n", "\n").partition("\njobs:\n")[2]


def _pull_requests() -> dict[str, object]:
    return {
        "required_approving_review_count": 0,
        "dismiss_stale_reviews_on_push": False,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_review_thread_resolution": False,
    }


def _environments(proposal: Proposal) -> Iterator[Step]:
    """Each environment, and the one beside it that rollbacks run in: no reviewers there, and no timer."""
    names = [one.name for one in proposal.environments]
    if names:
        put = f"gh api -X PUT repos/{_repository(proposal)}/environments"
        commands = [f"{put}/{name}{suffix}" for suffix in ("", "-rollback") for name in names]
        yield Step(f"make the environments; give reviewers to {names[-1]} alone", tuple(commands))


def _health(proposal: Proposal) -> Iterator[Step]:
    if proposal.services and not proposal.has_health:
        words = "say in .go-release-gate.yml how an environment shows that it is well (environments.NAME.health: "
        words += "http, commands or metrics); the next init puts health checks behind promotions, and a watch"
        yield Step(words, ("go-release-gate init",))


def _ledger(proposal: Proposal) -> Iterator[Step]:
    if not proposal.services:
        return
    rule = {
        "name": "release-ledger",
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["refs/heads/release-ledger"], "exclude": []}},
        "rules": [{"type": "deletion"}, {"type": "non_fast_forward"}],
    }
    yield Step("let the ledger's branch only grow", (_ruleset(proposal, rule),))


def _ruleset(proposal: Proposal, rule: Mapping[str, object]) -> str:
    text = shlex.quote(json.dumps(rule, separators=(",", ":")))
    return f"gh api -X POST repos/{_repository(proposal)}/rulesets --input - <<< {text}"


def _secrets(texts: Sequence[str]) -> Iterator[Step]:
    secrets = dict.fromkeys(name for text in texts for name in _SECRET.findall(text) if name not in _OWN | _OPTIONAL)
    variables = dict.fromkeys(name for text in texts for name in _VARIABLE.findall(text))
    commands = [
        *(f"gh secret set {name}" for name in secrets),
        *(f"gh variable set {name}" for name in variables),
    ]
    if commands:
        yield Step("set the secrets and variables that the workflows read", tuple(commands))


def _first_release(proposal: Proposal) -> Iterator[Step]:
    filters = dict.fromkeys(one.tag_filter for one in proposal.services)
    if filters:
        tag = shlex.quote(next(iter(filters)).replace("v*", "v0.1.0" if not proposal.survey.tags else "vX.Y.Z"))
        yield Step("release by a tag", (f"git tag {tag} && git push origin {tag}",))


def _repository(proposal: Proposal) -> str:
    return shlex.quote(proposal.survey.repository or "OWNER/NAME")
