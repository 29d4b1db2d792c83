"""White space control: `~`, and lines on which blocks and comments stand alone."""

from __future__ import annotations

from collections.abc import Sequence

from go_release_gate.oci.handlebars.tree import Block, Comment, Content, Mustache, Program, Statement, Unsupported
from go_release_gate.oci.javascript import SPACES


def trim(program: Program) -> Program:
    """`program` with its contents trimmed in place, as the peer does it before it evaluates."""
    _trim(program, is_root=True)
    return program


def _trim(program: Program, *, is_root: bool) -> None:
    body = program.body
    for index, current in enumerate(body):
        if isinstance(current, Content):
            continue
        opened, closed = _block(current) if isinstance(current, Block) else (False, False)
        is_inline = isinstance(current, Comment) or (isinstance(current, Unsupported) and current.stands_alone)
        before = _is_space_before(body, index, is_root)
        after = _is_space_after(body, index, is_root)
        _strip_outside(body, index, current)
        if is_inline and before and after:
            _omit_after(body, index)
            _omit_before(body, index)
        if isinstance(current, Block):
            if opened and before:
                _omit_after(_first(current).body, -1)
                _omit_before(body, index)
            if closed and after:
                _omit_after(body, index)
                last = _last(current).body
                _omit_before(last, len(last))


def _strip_outside(body: Sequence[Statement], index: int, current: Comment | Mustache | Unsupported | Block) -> None:
    first, last = (current.open_strip, current.close_strip) if isinstance(current, Block) else (current.strip,) * 2
    if last.close:
        _omit_after(body, index, every=True)
    if first.open:
        _omit_before(body, index, every=True)


def _first(block: Block) -> Program:
    program = block.program or block.inverse
    assert program is not None  # noqa: S101 - the parser gives every block one of them
    return program


def _last(block: Block) -> Program:
    program = block.inverse or block.program
    assert program is not None  # noqa: S101 - the parser gives every block one of them
    return program


def _block(block: Block) -> tuple[bool, bool]:
    """Trims within `block`; whether its opening and its closing tag could stand alone on their lines."""
    for part in (block.program, block.inverse):
        if part:
            _trim(part, is_root=False)
    program = _first(block)
    inverse = block.inverse if block.program else None
    first_inverse, last_inverse = _ends_of_chain(inverse)
    alone = (
        _is_space_after(program.body, -1, is_root=False),
        _is_space_before((first_inverse or program).body, len((first_inverse or program).body), is_root=False),
    )
    if block.open_strip.close:
        _omit_after(program.body, -1, every=True)
    if first_inverse and last_inverse:
        _around_else(block, program, first_inverse, last_inverse)
    elif block.close_strip.open:
        _omit_before(program.body, len(program.body), every=True)
    return alone


def _ends_of_chain(inverse: Program | None) -> tuple[Program | None, Program | None]:
    """The first program behind an `else`, and the last one of an `else if` chain."""
    first = last = inverse
    if inverse and inverse.chained:
        first = _chained(inverse)
        while last and last.chained:
            last = _chained(last)
    return first, last


def _chained(program: Program) -> Program:
    block = program.body[-1]
    assert isinstance(block, Block)  # noqa: S101 - what chained means
    return _first(block)


def _around_else(block: Block, program: Program, first: Program, last: Program) -> None:
    if block.inverse_strip.open:
        _omit_before(program.body, len(program.body), every=True)
    if block.inverse_strip.close:
        _omit_after(first.body, -1, every=True)
    if block.close_strip.open:
        _omit_before(last.body, len(last.body), every=True)
    before = _is_space_before(program.body, len(program.body), is_root=False)
    if before and _is_space_after(first.body, -1, is_root=False):
        _omit_before(program.body, len(program.body))
        _omit_after(first.body, -1)


def _is_space_before(body: Sequence[Statement], index: int, is_root: bool) -> bool:
    """Whether only white space stands between the statement at `index` and the start of its line."""
    if index == 0:
        return is_root
    previous = body[index - 1]
    if not isinstance(previous, Content):
        return False
    text = previous.original
    space = text[len(text.rstrip(SPACES)) :]
    return "\n" in space or (space == text and index == 1 and is_root)


def _is_space_after(body: Sequence[Statement], index: int, is_root: bool) -> bool:
    """Whether only white space stands between the statement at `index` and the end of its line."""
    if index + 1 >= len(body):
        return is_root
    following = body[index + 1]
    if not isinstance(following, Content):
        return False
    text = following.original
    space = text[: len(text) - len(text.lstrip(SPACES))]
    return "\n" in space or (space == text and index + 2 >= len(body) and is_root)


def _omit_after(body: Sequence[Statement], index: int, *, every: bool = False) -> None:
    """Drops the rest of the line behind the statement, or every white space there."""
    content = body[index + 1] if index + 1 < len(body) else None
    if not isinstance(content, Content) or (content.right_stripped and not every):
        return
    before = content.value
    if every:
        content.value = before.lstrip(SPACES)
    else:
        content.value = before.lstrip(" \t").removeprefix("\r").removeprefix("\n")
    content.right_stripped = content.value != before


def _omit_before(body: Sequence[Statement], index: int, *, every: bool = False) -> None:
    """Drops the start of the line in front of the statement, or every white space there."""
    content = body[index - 1] if index > 0 else None
    if not isinstance(content, Content) or (content.left_stripped and not every):
        return
    before = content.value
    content.value = before.rstrip(SPACES if every else " \t")
    content.left_stripped = content.value != before
