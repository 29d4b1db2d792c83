"""What the verb `tags` leaves for later steps: outputs, variables and files for bake, named as the peer names them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from go_release_gate.adapters.stepfiles import StepPlaces
from go_release_gate.cli.tags import Named
from go_release_gate.errors import UsageError
from go_release_gate.oci.tags.bake import DEFAULT_TARGET, bake_files, bake_files_by_image, json_output
from go_release_gate.report.files import write_file
from go_release_gate.report.image_names import json_text
from go_release_gate.report.jsontext import dumps

SWITCH = "DOCKER_METADATA_SET_OUTPUT_ENV"
PREFIX = "DOCKER_METADATA_OUTPUT_"
_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("0", "f", "F", "false", "FALSE", "False")


def leave(named: Named, args: argparse.Namespace, places: StepPlaces) -> dict[str, str]:
    """Write the report and the bake files, and give the outputs: CONTRACT "Step inputs and outputs".

    Raises UsageError for a file that cannot be written.
    """
    answer = named.answer
    write_file(
        places.report, json_text(answer, named.context, named.repository, named.run, (*named.notices, *named.changes))
    )
    return {
        "verdict": answer.verdict,
        "complete": "true" if answer.is_complete else "false",
        "report": places.for_later_steps(places.report),
        "version": answer.version,
        "tags": (args.sep_tags or "\n").join(answer.tags),
        "tag-names": (args.sep_tags or "\n").join(answer.tag_names),
        "labels": (args.sep_labels or "\n").join(answer.labels),
        "annotations": (args.sep_annotations or "\n").join(answer.annotations),
        "json": dumps(json_output(answer), indent=None),
        **_bake_files(named, args, places),
    }


def _bake_files(named: Named, args: argparse.Namespace, places: StepPlaces) -> dict[str, str]:
    paths = {}
    for name, content in bake_files(named.answer, args.bake_target or DEFAULT_TARGET).items():
        path = places.report.with_name(f"docker-metadata-action-{name.replace('bake-file', 'bake')}.json")
        write_file(path, dumps(content) + "\n")
        paths[name] = places.for_later_steps(path)
    return {**paths, "bake-files": dumps(_bake_files_by_image(named, args, places), indent=None)}


def _bake_files_by_image(named: Named, args: argparse.Namespace, places: StepPlaces) -> dict[str, str]:
    """Image → path of its own definition; the files are numbered, as names of images hold slashes."""
    paths = {}
    found = bake_files_by_image(named.answer, args.bake_target or DEFAULT_TARGET)
    for number, (image, content) in enumerate(found.items(), 1):
        path = places.report.with_name(f"bake-{number}.json")
        write_file(path, dumps(content) + "\n")
        paths[image] = places.for_later_steps(path)
    return paths


def variables(outputs: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """The outputs that the peer has, too, as variables of later steps; none where the job wants none.

    Raises UsageError for a switch that is neither on nor off.
    """
    switch = environ.get(SWITCH, "")
    if switch and switch not in _TRUE + _FALSE:
        raise UsageError(f"{SWITCH} is {switch!r}", "expected true or false")
    if switch in _FALSE:
        return {}
    own = ("verdict", "complete", "report", "bake-files")
    shared = {name: value for name, value in outputs.items() if name not in own}
    return {f"{PREFIX}{name.replace('-', '_').upper()}": value for name, value in shared.items()}
