"""Whether permissions mean anything to this process: with CAP_DAC_OVERRIDE (as root) they do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_CAP_DAC_OVERRIDE = 1  # capabilities(7)


def reads_everything() -> bool:
    """Whether this process reads files whatever their mode."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^CapEff:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return found is not None and bool(int(found[1], 16) >> _CAP_DAC_OVERRIDE & 1)


needs_permissions = pytest.mark.skipif(reads_everything(), reason="this process reads everything")
