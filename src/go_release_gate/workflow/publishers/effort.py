"""What an evaluation of a stranger's tag entries may take: regular expressions can run for hours, and who opens a
pull request writes both the pattern and, in the workflow's filter, the tag that it is tried on."""

from __future__ import annotations

import math
import re

from go_release_gate.oci.tags.entries import Entry, EntryType, read_entries

COST_LIMIT = 3_000_000  # steps of a backtracking search, all entries of a step together
NAME_LIMIT = 20_000  # names of a step: images times entries
_FILLED = 200  # characters that a value with an expression is taken to have

_LENGTH_LIMIT = 500  # characters of a pattern
_UNENDING = 100.0  # natural logarithm of steps

_TOKEN = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|<[^>]*>)?|[*+?]\??|\{\d+(?:,\d*)?\}\??|.", re.DOTALL)


def is_too_much(images: str, tags: str, name: str) -> bool:
    """Whether the entries of a step are more than is worth evaluating on the ref `name`.

    Raises:
        RefusedInputError: the entries cannot be read.
    """
    if (tags.count("\n") + 1) * (images.count("\n") + images.count(",") + 1) > NAME_LIMIT:
        return True
    return sum(_cost_of(entry, name) for entry in read_entries(tags)) > COST_LIMIT


def _cost_of(entry: Entry, name: str) -> float:
    patterns = [entry.get("match") or "", entry["pattern"] if entry.type is EntryType.MATCH else ""]
    value = entry.get("value") or ""
    length = max(len(name), _FILLED if "{{" in value else len(value))
    return sum(cost(pattern, length) for pattern in patterns if pattern)


def cost(pattern: str, length: int) -> float:
    """About how many steps a search in a text of that length takes at worst; infinite: it would not end."""
    if len(pattern) > _LENGTH_LIMIT:
        return math.inf
    open_groups, nested, quantifiers = [0], 0, 0
    closed = 0  # what varies within the group that has just ended
    for token in _TOKEN.findall(pattern):
        if token[0] == "(":
            open_groups.append(0)
        elif token == ")" and len(open_groups) > 1:
            closed = open_groups.pop()
            open_groups[-1] += closed
            continue
        elif token == "|":
            open_groups[-1] += 1
        elif token[0] in "*+?{" and token != "{":
            quantifiers += 1
            open_groups[-1] += 1
            nested += closed if token[0] != "?" else 0
        closed = 0
    ways = math.lgamma(length + quantifiers + 1) - math.lgamma(length + 1) - math.lgamma(quantifiers + 1)
    steps = length * math.log(1 + nested) + ways + math.log(length + 1)
    return math.exp(steps) if steps < _UNENDING else math.inf
