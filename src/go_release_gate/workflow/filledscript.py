"""A step's script with its expressions filled in, which may have more lines than what the file says."""

from __future__ import annotations

from go_release_gate.workflow.expressions.evaluate import Evaluator
from go_release_gate.workflow.tree import Scalar


class FilledScript:
    """The script that a step runs.

    Args:
        run: what stands in the workflow. evaluator: fills its expressions in.

    Attributes:
        text: what the shell gets.
    """

    def __init__(self, run: Scalar, evaluator: Evaluator) -> None:
        parts = evaluator.parts(run.text)
        self.text = "".join(piece for piece, _ in parts)
        self._run = run
        self._written = [0]  # for each line of the text, the line of what is written that it came from
        line = 0
        for piece, is_filled in parts:
            for _ in range(piece.count("\n")):
                line += not is_filled
                self._written.append(line)

    def line_at(self, line: int) -> int:
        """The file's line for a line of the text, which counts from 0; behind the last it is the last's."""
        written = self._written[min(line, len(self._written) - 1)]
        return self._run.line_at(sum(len(one) + 1 for one in self._run.text.split("\n")[:written]))
