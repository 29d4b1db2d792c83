"""Something that waits for others, begun before its answer is needed."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Begun:
    """A call in a thread of its own, made at once."""

    def __init__(self, call: Callable[[], str]) -> None:
        self._call = call
        self._answer = ""
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def ended(self) -> str:
        """The answer, when it is there. Raises what the call raised."""
        self._thread.join()
        if self._error:
            raise self._error
        return self._answer

    def _run(self) -> None:
        try:
            self._answer = self._call()
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is asked for
            self._error = error
