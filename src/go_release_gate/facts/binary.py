"""The fact a built binary is: what its file says (ELF) and what Go recorded in it."""

from __future__ import annotations

from go_release_gate.binary.model import Binary, BuildInfo, Elf, RecordedModule, Section

__all__ = ["Binary", "BuildInfo", "Elf", "RecordedModule", "Section"]
