"""Resource limits of child processes.

They are set as soft limits on ourselves for the moment of the start, and inherited: nothing has to run between fork
and exec (unsafe with threads), and no right over a child of another user is needed afterwards.
"""

from __future__ import annotations

import contextlib
import resource
import sys
import threading
from collections.abc import Iterator, Mapping

_starting = threading.Lock()

DEFAULT_LIMITS: Mapping[int, int] = {
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_FSIZE: 8 << 30,
    resource.RLIMIT_NOFILE: 4096,
    **({resource.RLIMIT_AS: 32 << 30} if sys.platform == "linux" else {}),
}
"""No core files; no file over 8 GiB (Go's own limit for a module is 500 MB); 32 GiB of address space, of which Go
reserves far more than it uses."""


LIMITS_OF_TESTS: Mapping[int, int] = {resource.RLIMIT_CORE: 0}
"""Of tests: the race detector maps terabytes of address space."""


@contextlib.contextmanager
def lowered(limits: Mapping[int, int]) -> Iterator[None]:
    """Lower our soft limits while a child is started; a limit that is lower already stays.

    Not for RLIMIT_CPU: the kernel ends a process that has used more already (setrlimit(2)), and that would be this one.
    """
    if resource.RLIMIT_CPU in limits:
        raise ValueError("a limit of processor time would end this process: give a time limit")
    with _starting:
        before = {name: resource.getrlimit(name) for name in limits}
        try:
            for name, value in limits.items():
                soft, hard = before[name]
                resource.setrlimit(name, (_lower(soft, value), hard))
            yield
        finally:
            for name, pair in before.items():
                resource.setrlimit(name, pair)


def _lower(soft: int, value: int) -> int:
    return value if soft == resource.RLIM_INFINITY else min(soft, value)
