"""The outputs of the workflow step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Output:
    """One output of the workflow step: its name and what its text holds."""

    name: str
    description: str


OUTPUTS: tuple[Output, ...] = (
    Output("verdict", "pass, fail or unavailable."),
    Output("complete", "true when nothing was left unjudged."),
    Output("findings", "How many findings count, of any severity."),
    Output("modules", "The judged modules as JSON: directory, path and the outcome of each question."),
    Output("report", "Path of the JSON report."),
    Output("sarif", "Path of the SARIF report."),
    Output("patch", "Path of the patch that mends all modules, empty when there is nothing to mend."),
    Output("matrix", "The job matrix of plan as JSON, for strategy.matrix."),
    Output("version", "With `verb: tags`: the version, the name that the first fitting entry makes."),
    Output("tags", "With `verb: tags`, `push`: image references, one per line."),
    Output("tag-names", "With `verb: tags`: the same without the image's name."),
    Output("labels", "With `verb: tags`: labels, one per line."),
    Output("annotations", "With `verb: tags`: annotations with their level, one per line."),
    Output("json", "With `verb: tags`: tags, tag-names, labels and annotations as JSON."),
    Output("bake-file", "With `verb: tags`: path of a definition for bake with tags and labels."),
    Output("bake-files", "With `verb: tags`: JSON, image to path of a definition for bake of that image alone."),
    Output("bake-file-tags", "With `verb: tags`: path of a definition for bake with tags alone."),
    Output("bake-file-labels", "With `verb: tags`: path of a definition for bake with labels alone."),
    Output("bake-file-annotations", "With `verb: tags`: path of a definition for bake with annotations alone."),
    Output("describe", "With `verb: tags`: what git describe says of HEAD, for the module released or the top one."),
    Output("commit", "With `verb: tags`: the commit that is checked out."),
    Output("commit-time", "With `verb: tags`: the time of that commit, RFC 3339 in UTC, for -ldflags -X."),
    Output("descriptions", "With `verb: tags`: what git describe says of HEAD for each module, as JSON."),
    Output("snapshot-label", "With `verb: tags`: an image label with the digest of what the module is built from."),
    Output("binaries", "With `verb: build`: the programs as JSON: service, platform, path, size, digest, outcome."),
    Output("services", "With `verb: build`: services whose programs changed since the base commit, as JSON."),
    Output("coverage", "With `verb: test`: percent of all statements that tests ran, such as 87.4."),
    Output("changed-coverage", "With `verb: test`: percent of the changed lines that tests ran; empty: none."),
    Output("coverage-file", "With `verb: test`: path of the coverage profile of all modules."),
    Output("tests", "With `verb: test`: how many tests passed, failed, were skipped or flaky, as JSON."),
    Output("image", "The image judged, pushed, recorded or moved to, by its digest where it has a name."),
    Output("digest", "The digest of the image judged, pushed, recorded or moved to."),
    Output("entry-id", "With `verb: release`: number of the ledger's entry that was written last."),
    Output("previous-digest", "With `verb: release`: the digest that ran before a promotion or rollback."),
)
