"""What programs print, for messages."""

from __future__ import annotations

SHOWN = 600  # characters


def last_words(output: bytes, lines: int = 3) -> str:
    """The last lines of a program's output as one line of visible characters."""
    kept = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()][-lines:]
    text = "".join(char if char.isprintable() else "?" for char in "; ".join(kept))
    return text if len(text) <= SHOWN else f"... {text[-SHOWN:]}"
