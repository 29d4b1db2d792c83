"""A program as every JSON report tells it."""

from __future__ import annotations

from typing import Any

from go_release_gate.facts.binary import Binary, RecordedModule


def binary(item: Binary) -> dict[str, Any]:
    """What is told of a program: its file, its ELF facts, what Go recorded."""
    elf, info = item.elf, item.info
    return {
        "path": item.path,
        "size": item.size,
        "digest": item.digest,
        "elf": elf
        and {
            "architecture": elf.architecture,
            "variant": elf.variant,
            "interpreter": elf.interpreter,
            "needed": list(elf.needed),
            "stripped": elf.is_stripped,
            "symbols": elf.symbols,
            "sections": [{"name": section.name, "size": section.size} for section in elf.sections],
            "go_build_id": elf.go_build_id,
            "gnu_build_id": elf.gnu_build_id,
            "packed_by": elf.packed_by,
        },
        "build": info
        and {
            "go": info.go,
            "path": info.path,
            "main": info.main and _module(info.main),
            "dependencies": [_module(one) for one in info.dependencies],
            "settings": dict(info.settings),
        },
        "unreadable": item.unreadable,
    }


def _module(one: RecordedModule) -> dict[str, Any]:
    return {
        "path": one.path,
        "version": one.version,
        "sum": one.sum,
        "replaced_by": one.replaced_by and _module(one.replaced_by),
    }
