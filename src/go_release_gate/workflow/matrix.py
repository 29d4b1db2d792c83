"""The combinations of a matrix, with `include` and `exclude`.

https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
"""

from __future__ import annotations

from itertools import islice, product

from go_release_gate.shell.unknown import Unknown
from go_release_gate.workflow.expressions.evaluate import Evaluator
from go_release_gate.workflow.expressions.values import Record, Value, equal, is_unknown
from go_release_gate.workflow.tree import Mapping, Node, Scalar, Sequence

COMBINATION_LIMIT = 64
_SPECIAL = ("include", "exclude")

Combination = dict[str, Value]


def combinations(matrix: Node | None, evaluator: Evaluator) -> list[Record]:
    """What `matrix` holds in each run of the job: one that says nothing where there is no matrix, one whose parts are
    unknown where it is made while the workflow runs."""
    if matrix is None:
        return [Record({})]
    value = _value(matrix, evaluator)
    if not isinstance(value, Record):
        return [Record({}, "the matrix is only known while the workflow runs")]
    axes = {key: values for key, values in value.known.items() if key.lower() not in _SPECIAL}
    if any(not isinstance(values, list) for values in axes.values()):
        return [Record({}, "the matrix is only known while the workflow runs")]
    lists = [values for values in axes.values() if isinstance(values, list)]
    found = [dict(zip(axes, chosen, strict=True)) for chosen in islice(product(*lists), COMBINATION_LIMIT)]
    found = [one for one in found if not any(_fits(one, out) for out in _records(value.get("exclude")))]
    return [Record(one) for one in _with_includes(found if axes else [], _records(value.get("include")), set(axes))]


def _with_includes(found: list[Combination], includes: list[Record], axes: set[str]) -> list[Combination]:
    extended = [dict(one) for one in found]
    for include in includes[:COMBINATION_LIMIT]:
        own = dict(include.known)
        fitting = [
            index
            for index, one in enumerate(found)
            if all(key not in axes or equal(one[key], value) for key, value in own.items())
        ]
        for index in fitting:
            extended[index] |= own
        if not fitting:
            extended.append(own)
    return extended[: 2 * COMBINATION_LIMIT]


def _fits(one: Combination, out: Record) -> bool:
    return bool(out.known) and all(
        key in one and not is_unknown(value) and equal(one[key], value) for key, value in out.known.items()
    )


def _records(value: Value) -> list[Record]:
    return [item for item in value if isinstance(item, Record)] if isinstance(value, list) else []


def _value(node: Node, evaluator: Evaluator) -> Value:
    if isinstance(node, Mapping):
        return Record({key.text: _value(item, evaluator) for key, item in node.entries})
    if isinstance(node, Sequence):
        return [_value(item, evaluator) for item in node.items]
    return _scalar(node, evaluator)


def _scalar(node: Scalar, evaluator: Evaluator) -> Value:
    body = node.text.strip()
    if not body.startswith("${{"):
        return node.value
    if body.endswith("}}") and body.count("${{") == 1:
        return evaluator.value(body[3:-2])
    filled = evaluator.fill(body)
    return Unknown(evaluator.holes.reason(filled)) if is_unknown(filled) else filled
