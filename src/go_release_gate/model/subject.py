"""What a run is about; known before anything of its answer is."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.model.severity import Event


@dataclass(frozen=True, slots=True)
class Subject:
    """What was judged. Unknown parts are empty strings; `run` is None outside a workflow."""

    repository: str = ""
    commit: str = ""
    ref: str = ""
    event: Event = Event.BRANCH
    base: str = ""
    config: str = ""
    run: str | None = None
