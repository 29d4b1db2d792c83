"""The inputs of `inspect`: the image, what it is held against, and what scanners have said of it."""

from __future__ import annotations

from go_release_gate.config.input import Input, Kind

_VERBS = ("inspect",)

INSPECT_INPUTS: tuple[Input, ...] = (
    Input(
        "image",
        "With `verb: inspect`: the image to judge, a reference, the folder of an OCI layout or the file of an archive. "
        "With `verb: push`: such a folder or file. With `verb: release`: the image to record or promote.",
        verbs=("action",),
    ),
    Input(
        "repository",
        "Repository the image is built from, to hold it against.",
        fallback="here, where the image has a program of one of its modules",
        verbs=_VERBS,
        metavar="PATH",
    ),
    Input(
        "revision",
        "Commit the image must be built from.",
        fallback="that of the tag; else what the image tells, for its go.sum",
        verbs=_VERBS,
        metavar="REV",
    ),
    Input(
        "platform",
        "Platforms to build or judge, such as linux/arm64; one that an image lacks is a finding.",
        Kind.LIST,
        fallback="all of them, those of the table of images too",
        verbs=(*_VERBS, "build"),
        metavar="PLATFORM",
    ),
    Input(
        "scan",
        "Results of scanners about the image to take among the findings: SARIF, or CycloneDX with vulnerabilities "
        "and VEX statements.",
        Kind.LIST,
        verbs=_VERBS,
        metavar="FILE",
    ),
)
