"""Two programs, held against each other for what they do: what only records versions does not count.

They come from builds that are made to be compared (engine/building/comparable.py): without version control, without
the list of modules, without build ids, with all symbols, and with segments far enough apart that a longer table of
line numbers moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from mmap import mmap

from go_release_gate.binary.functions import Comparison
from go_release_gate.binary.image import Image, image_of
from go_release_gate.model.shipped import FunctionChange, SectionChange

LINES = ".gopclntab"
MOST_FUNCTIONS = 50
"""Functions that are told of one program."""

# records of versions and ids; what the linker tells of addresses elsewhere (.go.module: the runtime's moduledata)
_RECORDS = (".go.buildinfo", ".note.go.buildid", ".note.gnu.build-id", ".go.fipsinfo", ".go.module")
_TABLES = (".symtab", ".strtab", ".shstrtab", ".comment", ".gnu_debuglink")
_DEBUG = (".debug_", ".zdebug_")
# https://github.com/golang/go/blob/master/src/cmd/link/internal/ld/pcln.go; before Go 1.26 both lie among other data
_MASKED = ("go:func.*", "runtime.firstmoduledata", "runtime.modinfo", "runtime.modinfo.str")


@dataclass(frozen=True, slots=True)
class Compared:
    """How two programs differ.

    Attributes:
        is_same: whether code and data are the same. why: what differs all the same, or what could not be told.
        sections, functions: what differs, the first of it. more_functions: how many beside them.
    """

    is_same: bool
    why: str = ""
    sections: tuple[SectionChange, ...] = ()
    functions: tuple[FunctionChange, ...] = ()
    more_functions: int = 0


def compare(before: bytes | mmap, after: bytes | mmap) -> Compared:
    """Hold two program files against each other."""
    if len(before) == len(after) and before[:] == after[:]:
        return Compared(is_same=True, why="the program is the same")
    one, other = image_of(before), image_of(after)
    if one is None or other is None:
        return Compared(is_same=False, why="no ELF file: only that its bytes differ can be told")
    if one.architecture != other.architecture:
        return Compared(is_same=False, why=f"built for {one.architecture} before, for {other.architecture} now")
    return _compared(one, other)


def _compared(one: Image, other: Image) -> Compared:
    found = tuple(_sections(one, other))
    if not found:
        is_lines = _lines(one) != _lines(other)
        said = "only names and line numbers differ" if is_lines else "only what Go records of it differs"
        return Compared(is_same=True, why=said)
    comparison = Comparison(one, other)
    changes = comparison.changes()
    first = tuple(islice(changes, MOST_FUNCTIONS))
    more = sum(1 for _ in changes)
    return Compared(False, _told(first, comparison), found, first, more)


def _told(functions: tuple[FunctionChange, ...], comparison: Comparison) -> str:
    if not comparison.is_whole:
        return "not every function could be looked at"
    return "" if functions else "its data differ, its functions do not"


def _sections(one: Image, other: Image) -> Iterator[SectionChange]:
    """The sections of code and data that differ, in the order of the file."""
    before = {section.name: section for section in one.headers.sections if _counts(section.name)}
    after = {section.name: section for section in other.headers.sections if _counts(section.name)}
    for name in dict.fromkeys([*before, *after]):
        first, second = before.get(name), after.get(name)
        sizes = first.size if first else 0, second.size if second else 0
        if sizes[0] != sizes[1] or _content(one, name) != _content(other, name):
            yield SectionChange(name, *sizes)


def _counts(name: str) -> bool:
    return bool(name) and name != LINES and name not in (*_RECORDS, *_TABLES) and not name.startswith(_DEBUG)


def _content(image: Image, name: str) -> bytes:
    """The bytes of a section without what only records."""
    section = image.headers.section(name)
    if section is None:
        return b""
    content = image.content(section)
    for symbol in image.symbols.table:
        start = symbol.address - section.address
        if symbol.name in _MASKED and 0 <= start < len(content):
            end = min(start + symbol.size, len(content))
            content = content[:start] + b"\0" * (end - start) + content[end:]
    return content


def _lines(image: Image) -> bytes:
    section = image.headers.section(LINES)
    return image.content(section) if section else b""
