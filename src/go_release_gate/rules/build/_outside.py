"""Whether a command of a Dockerfile runs where there is certainly no module."""

from __future__ import annotations

from go_release_gate.facts.go_calls import DOCKERFILE, GoCall


def is_outside_module(call: GoCall) -> bool:
    """Whether nothing was copied or made in the stage before, on an image of Go that holds no module itself."""
    dockerfile, stage = call.dockerfile, call.stage
    if call.where != DOCKERFILE or dockerfile is None or stage is None or call.directory:
        return False
    base = dockerfile.base(stage)
    if not isinstance(base.image, str) or "golang" not in base.image.rpartition("/")[2]:
        return False
    for one in dockerfile.ancestry(stage):
        for instruction in one.instructions:
            if one is stage and instruction.line >= call.line:
                break
            if instruction.keyword in ("COPY", "ADD"):
                return False
    texts = [
        item.value + "".join(doc.body for doc in item.heredocs) for item in stage.instructions if item.keyword == "RUN"
    ]
    return not any(
        word in text for text in texts for word in ("mod init", "git clone", "--mount", "go.mod", "curl", "wget")
    )
