"""The inputs of `build`: what to build of it, and what to do with the programs beside looking at them."""

from __future__ import annotations

from go_release_gate.config.input import Input, Kind

_VERBS = ("build",)

BUILD_INPUTS: tuple[Input, ...] = (
    Input(
        "service",
        "Services to build, instead of all of them; with `verb: release` the one service that is meant.",
        Kind.LIST,
        verbs=_VERBS,
        metavar="NAME",
    ),
    Input(
        "output-dir",
        "Leave the programs in DIR, as linux_arm64/NAME.",
        verbs=_VERBS,
        metavar="DIR",
    ),
    Input(
        "reproducible",
        "Build everything a second time, in another directory with an empty cache, and compare the bytes.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=_VERBS,
    ),
    Input(
        "with-images",
        "Build the images of the Dockerfiles, too, with the Docker engine at hand, and judge them as inspect does. "
        "Trusted events only; nothing is pushed.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=_VERBS,
    ),
    Input(
        "smoke",
        "Start each program of this platform once with the arguments of build.smoke, without a network. Trusted "
        "events only: it runs the repository's code.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=_VERBS,
    ),
)
