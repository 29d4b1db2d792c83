"""The command target: argument lists, exit codes, and what is believed of the output."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.targets.command import CommandTarget, command_target
from go_release_gate.adapters.targets.surroundings import Surroundings
from go_release_gate.config.releases import Target as Settings
from go_release_gate.errors import GateError, RaceError, RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.entry import Image
from go_release_gate.ledger.move import Move, Observed

OLD, NEW = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
IMAGE = f"registry.example.com/acme/shop@{NEW}"
MOVE = Move("shop", "production", Image(NEW, "", locations=("registry.example.com/acme/shop",)), OLD, version="1.1.0")


class Place:
    """A checkout with scripts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard: list[str] = []

    def script(self, name: str, text: str) -> str:
        """Write a shell script; its path from the checkout."""
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return f"./{name}"

    def target(self, **keys: Any) -> CommandTarget:
        """The target that the keys describe."""
        settings = replace(Settings("command", timeout=20), **keys)
        variables = {"PATH": os.environ["PATH"]}
        surroundings = Surroundings(
            ProcessRunner(grace=0.1), variables, self.folder, self.folder, heard=self.heard.append
        )
        return command_target(settings, surroundings)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A checkout."""
    return Place(tmp_path)


def test_arguments_are_filled_in_and_never_split(place: Place) -> None:
    """Each argument stays one, whatever it is filled with; what it is filled with is not filled in again."""
    script = place.script("move", 'printf "%s\\n" "$@"')
    run = (script, "--image={image}", "{version} {digest}", "{service}/{environment}", "{unknown}")
    version = "1.1.0; $(touch x) {digest}"

    place.target(run=run).apply(replace(MOVE, version=version))

    assert place.heard == [f"--image={IMAGE}", f"{version} {NEW}", "shop/production", "{unknown}"]
    assert not (place.folder / "x").exists()


def test_values_are_in_the_environment_too(place: Place) -> None:
    """A script may read them as variables."""
    names = ("IMAGE", "DIGEST", "SERVICE", "ENVIRONMENT", "VERSION")
    run = place.script("move", "\n".join(f'echo "$GO_RELEASE_GATE_{name}"' for name in names))

    place.target(run=run).apply(MOVE)

    assert place.heard == [IMAGE, NEW, "shop", "production", "1.1.0"]


@pytest.mark.parametrize(
    ("script", "error", "words"),
    [
        ("echo moved by ann >&2; exit 75", RaceError, "somebody else was faster: moved by ann"),
        ("echo not on a friday; exit 77", RefusedError, "refuses: not on a friday"),
        ("echo 1; echo 2; echo 3; echo 4; exit 1", UnavailableError, "exit code 1: 2; 3; 4"),
        ("exit 2", UnavailableError, "exit code 2: it printed nothing"),
        (r"printf '\033[2J::error::\377\n' >&2; exit 1", UnavailableError, "?[2J::error::"),
        ("kill -9 $$", UnavailableError, "exit code -9"),
    ],
)
def test_exit_codes(place: Place, script: str, error: type[GateError], words: str) -> None:
    """75 is a lost race, 77 a refusal, everything else is not known; the last lines are told, visibly."""
    with pytest.raises(error) as caught:
        place.target(run=place.script("move", script)).apply(MOVE)

    assert type(caught.value) is error
    assert words in caught.value.message
    assert caught.value.message.isprintable()


def test_a_command_without_end(place: Place) -> None:
    """It is ended at the target's time limit, even when it catches the signal and says that it refuses."""
    script = "trap 'exit 77' TERM; echo half done; while :; do :; done"

    with pytest.raises(UnavailableError, match=r"did not end in .* half done"):
        place.target(run=place.script("move", script), timeout=0.5).apply(MOVE)


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        (OLD, Observed(OLD)),
        (f"registry.example.com/acme/shop:1@{OLD}\nmore", Observed(OLD)),
        ("", Observed()),
    ],
)
def test_what_runs_is_read_from_the_first_line(place: Place, printed: str, seen: Observed) -> None:
    """A digest, or an image by digest; nothing printed: nothing runs yet."""
    observe = place.script("observe", f"printf '%s' '{printed}'")

    assert place.target(run=("true",), observe=observe).observe("shop", "production") == seen


@pytest.mark.parametrize("printed", ["1.0.0", "sha256:abc", f"shop {OLD}", f"{OLD}0", "shop:latest"])
def test_anything_else_is_unknown(place: Place, printed: str) -> None:
    """A tag, a cut digest, a sentence: nothing is guessed."""
    seen = place.target(run=("true",), observe=("printf", "%s", printed)).observe("shop", "production")

    assert (seen.digest, printed[:20] in seen.unknown) == ("", True)


def test_no_observe_is_unknown_and_a_failing_one_unavailable(place: Place) -> None:
    """Not configured is no drift; configured and failing must not pass for `nothing runs`."""
    assert "no `observe`" in place.target(run=("true",)).observe("shop", "production").unknown
    with pytest.raises(UnavailableError, match="exit code 3: away"):
        place.target(run=("true",), observe=place.script("o", "echo away; exit 3")).observe("shop", "production")


def test_planning_never_runs_it(place: Place) -> None:
    """The plan says the command, quoted; it is not started."""
    target = place.target(run=(place.script("move", "touch ran"), "{image}", "two words"))

    (effect,) = target.plan(MOVE)

    assert effect.what == f"run ./move {IMAGE} 'two words' (at most 20 s)"
    assert not (place.folder / "ran").exists()


def test_it_is_done_once_and_looked_at_afterwards(place: Place) -> None:
    """What runs already is not moved again; a command that only claims to have moved is not believed."""
    observe = place.script("observe", "cat runs 2>/dev/null || true")
    target = place.target(
        run=place.script("move", 'echo "$GO_RELEASE_GATE_DIGEST" > runs; echo x >> count'), observe=observe
    )

    target.apply(MOVE)
    assert "runs already" in target.apply(MOVE)
    assert target.plan(MOVE) == ()
    assert (place.folder / "count").read_text() == "x\n"
    (place.folder / "runs").write_text(OLD)
    with pytest.raises(UnavailableError, match=f"{OLD} runs instead of {NEW}"):
        place.target(run=("true",), observe=observe).apply(MOVE)


def test_a_value_is_never_an_option(place: Place) -> None:
    """A version that begins with a dash would be an option of somebody's command: refused before anything runs."""
    with pytest.raises(RefusedError, match="read as an option"):
        place.target(run=(place.script("move", "touch ran"), "{version}")).apply(replace(MOVE, version="--force"))
    assert not (place.folder / "ran").exists()


def test_commands_that_cannot_be(place: Place) -> None:
    """No `run`, an open quote, a program that is not there or only in the checkout by PATH."""
    for keys in ({}, {"run": "'open"}, {"run": ("true",), "observe": "'"}):
        with pytest.raises(UsageError):
            place.target(**keys)
    for act in ("plan", "apply"):  # before an intent is written, not behind it
        with pytest.raises(UnavailableError, match="no-such-program was not found on PATH"):
            getattr(place.target(run="no-such-program {image}"), act)(MOVE)
        with pytest.raises(UnavailableError, match=r"\./no-such-script was not found"):
            getattr(place.target(run="./no-such-script {image}"), act)(MOVE)


def test_a_look_that_tells_nothing_is_said(place: Place) -> None:
    """The command ended well, and its `observe` printed no digest: nobody may read that as having looked."""
    done = place.target(run=("true",), observe=("echo", "v1.1.0")).apply(MOVE)

    assert "whether it took is not known: `observe` printed 'v1.1.0'" in done
    assert "not known" not in place.target(run=("true",)).apply(MOVE)
