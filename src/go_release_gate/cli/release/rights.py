"""What `doctor` finds out about the release ledger: each right that its settings need is tried, and nothing written.

Every probe has a time limit of its own; all of them run at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from go_release_gate.cli.examine import Examined, State
from go_release_gate.cli.release.views import ARTIFACT, DEPLOYMENTS, has_github
from go_release_gate.cli.release.wiring import Desk, open_desk
from go_release_gate.cli.root import root_of
from go_release_gate.cli.settings import judged_settings, read_payload
from go_release_gate.config.event import load_event
from go_release_gate.errors import GateError
from go_release_gate.model.severity import Event
from go_release_gate.oci.reference import parse

if TYPE_CHECKING:
    from go_release_gate.adapters.github.api import Api

SECONDS = 10.0  # of each probe
HEADS = "refs/heads/"
Probe = Callable[[], list[Examined]]


def examined(args: argparse.Namespace, environ: Mapping[str, str]) -> list[Examined]:
    """A line for each right that the ledger's settings need; none where there are no such settings."""
    mine = argparse.Namespace(**{**vars(args), "repository": None, "quiet": True, "verbose": False})
    if not _is_configured(mine, environ):
        return []
    try:
        with open_desk(mine, environ, is_writing=False) as desk:
            return _all(desk)
    except GateError as error:
        return [_note("ledger", error.message, error.hint)]


def _is_configured(args: argparse.Namespace, environ: Mapping[str, str]) -> bool:
    """Whether there are settings of releases; on a pull request nobody releases, and its author's are not tried."""
    try:
        event = load_event(environ, read_payload)
        if not event.trusted or event.event is Event.PULL_REQUEST:
            return False
        return judged_settings(args, environ, root_of(args)).settings.releases is not None
    except GateError:
        return False  # a check says what is wrong with the file


def _all(desk: Desk) -> list[Examined]:
    from concurrent.futures import ThreadPoolExecutor

    probes = [*_of_the_ledger(desk), *_of_images(desk), *_of_the_token(desk)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        return [one for found in pool.map(lambda probe: probe(), probes) for one in found]


def _note(name: str, text: str, hint: str = "") -> Examined:
    return Examined(name, State.NOTE, text, hint)


def _fine(name: str, text: str) -> list[Examined]:
    return [Examined(name, State.FINE, text)]


def _tried(name: str, probe: Probe) -> Probe:
    """What could not be asked is a note."""

    def carried() -> list[Examined]:
        try:
            return probe()
        except GateError as error:
            return [_note(name, error.message, error.hint)]

    return carried


def _of_the_ledger(desk: Desk) -> list[Probe]:
    ledger = desk.settings.ledger
    probes = [_tried("ledger push", lambda: _push(desk))] if ledger.transport == "git" else []
    if has_github(desk) and ledger.ref.startswith(HEADS):
        probes.append(_tried("ledger rules", lambda: _rules(desk)))
    return probes


def _push(desk: Desk) -> list[Examined]:
    """A push that sends nothing. That the branch does not continue the ledger is said here, behind the remote's yes."""
    ledger = desk.settings.ledger
    words = ["push", "--dry-run", "--porcelain", "--no-verify", "--", ledger.remote, f"HEAD:{ledger.ref}"]
    argv = [str(desk.git_program), "-c", "core.hooksPath=/dev/null", *words]
    environment = {**desk.git_variables, "LC_ALL": "C"}
    answer = desk.runner.run(argv, cwd=desk.root, env=environment, timeout=SECONDS)
    said = (answer.stdout + b"\n" + answer.stderr).decode("utf-8", "replace")
    if answer.returncode == 0 or "[rejected]" in said:
        return _fine("ledger push", f"{ledger.remote} lets {ledger.ref} be pushed to; its hooks were not asked")
    if answer.timed_out:
        return [_note("ledger push", f"{ledger.remote} did not answer within {SECONDS:.0f} s")]
    lines = [line for line in said.splitlines() if line.strip()]
    why = next((line for line in lines if line.startswith(("remote:", "fatal:", "error:"))), lines[-1] if lines else "")
    hint = f"let this identity push to {ledger.ref} (in a workflow: `contents: write`)"
    return [_note("ledger push", f"{ledger.remote} cannot be pushed to: {why.strip()}", hint)]


def _rules(desk: Desk) -> list[Examined]:
    from go_release_gate.adapters.github.rights import ruled

    ledger = desk.settings.ledger
    found = ruled(_quick(desk), ledger.ref.removeprefix(HEADS), is_signed=ledger.transport == "api")
    lines: list[Examined] = []
    for one in found:
        rules = ", ".join(one.rules)
        if one.may_pass:
            lines += _fine("ledger rules", f"ruleset {one.ruleset} ({rules}) lets this identity pass")
        else:
            unsure = "forbids" if one.may_pass is False else "may forbid (GitHub does not say who passes)"
            hint = f"add this identity to the bypass list of ruleset {one.ruleset}, or leave {ledger.ref} out of it"
            lines.append(_note("ledger rules", f"ruleset {one.ruleset} {unsure} entries: {rules}", hint))
    return lines or _fine("ledger rules", f"no rule of GitHub keeps {ledger.ref} from growing")


def _of_images(desk: Desk) -> list[Probe]:
    """Pushing is needed for tags that follow environments, and for entries beside images."""
    kinds = {target.kind for one in desk.settings.environments.values() for target in one.targets}
    if "channel-tag" not in kinds and ARTIFACT not in desk.settings.ledger.views:
        return []
    images = dict.fromkeys(service.image for service in desk.settings.services.values())
    return [_tried("image push", lambda image=image: _image(desk, image)) for image in images]  # type: ignore[misc]


def _image(desk: Desk, image: str) -> list[Examined]:
    from go_release_gate.adapters.registry.errors import AbsentError, DeniedError
    from go_release_gate.adapters.registry.pushing import try_push

    registries = replace(desk, _registries=None).registries  # its time is its own
    registries.within(SECONDS)
    try:
        try_push(registries, parse(image))
    except DeniedError as error:
        hint = error.hint or "give a login that may push by `registry-credentials` (of GitHub: `packages: write`)"
        return [_note("image push", f"no right to push to {image}: {error.message}", hint)]
    except AbsentError as error:
        return [_note("image push", f"nothing can be pushed to {image}: {error.message}", "make that repository")]
    return _fine("image push", f"{image} can be pushed to")


def _of_the_token(desk: Desk) -> list[Probe]:
    """The rights of GitHub's token, where something of the settings goes through GitHub's interface."""
    from go_release_gate.adapters.github.rights import CONTENTS, PULLS
    from go_release_gate.adapters.github.rights import DEPLOYMENTS as SHOWING

    ledger = desk.settings.ledger
    delivering = {
        target.repository
        for one in desk.settings.environments.values()
        for target in one.targets
        if target.kind == "gitops" and target.deliver == "pull-request"
    }
    needed = [(CONTENTS, "")] if ledger.transport == "api" else []
    needed += [(SHOWING, "")] if DEPLOYMENTS in ledger.views else []
    needed += [(PULLS, name) for name in sorted(delivering) if not name or name.count("/") == 1]
    if not needed:
        return []
    if not has_github(desk):
        hint = "a workflow sets both; elsewhere: GITHUB_REPOSITORY=acme/shop and GO_RELEASE_GATE_GITHUB_TOKEN"
        rights = ", ".join(right for right, _ in needed)
        text = f"GITHUB_REPOSITORY or a token is missing: not tried: {rights}"
        return [lambda: [_note("token", text, hint)]]
    return [
        _tried("token", lambda right=right, name=name: _token(desk, right, name))  # type: ignore[misc]
        for right, name in needed
    ]


def _token(desk: Desk, right: str, repository: str) -> list[Examined]:
    from go_release_gate.adapters.github.rights import may

    there = replace(desk, environ={**desk.environ, "GITHUB_REPOSITORY": repository}) if repository else desk
    api = _quick(there)
    if may(api, right):
        return _fine("token", f"{right} at {api.repository}")
    hint = f"grant `{right}` under permissions:"
    if right.startswith("deployments"):
        hint += ", or take `deployments` out of `ledger.views`"
    return [_note("token", f"{right} at {api.repository} is missing", hint)]


def _quick(desk: Desk) -> Api:
    api = desk.github()
    api.hurry(SECONDS)
    return api
