"""The circuit per host."""

from __future__ import annotations

from go_release_gate.facts.circuit import Circuits
from go_release_gate.model.outcome import ErrorClass, ModuleError

HOSTS = frozenset({"a.example.com", "b.example.com"})


def failure(host: str, kind: ErrorClass = ErrorClass.NETWORK) -> ModuleError:
    """A failure that names a host."""
    return ModuleError(kind, "no answer", host=host)


def test_three_failures_within_a_minute_open() -> None:
    """Two failures leave a host closed, the third within 60 s opens it."""
    now = [0.0]
    circuits = Circuits(lambda: now[0])

    opened = []
    for at in (0.0, 30.0, 59.0):
        now[0] = at
        circuits.record(failure("a.example.com"))
        opened.append(circuits.open_for(HOSTS) is not None)

    assert opened == [False, False, True]


def test_old_failures_are_forgotten() -> None:
    """Failures more than 60 s apart do not add up."""
    now = [0.0]
    circuits = Circuits(lambda: now[0])
    for at in (0.0, 61.0, 122.0, 183.0):
        now[0] = at
        circuits.record(failure("a.example.com"))

    assert circuits.open_for(HOSTS) is None


def test_refused_login_and_time_out_open_at_once() -> None:
    """One refused login, or one time limit spent, is enough."""
    for error in (
        ModuleError(ErrorClass.AUTH, "no", host="b.example.com", refused_login=True),
        failure("b.example.com", ErrorClass.TIMEOUT),
    ):
        circuits = Circuits(lambda: 0.0)
        circuits.record(error)

        assert circuits.open_hosts == ("b.example.com",)


def test_own_faults_never_open() -> None:
    """A missing package says nothing about the host that answered."""
    circuits = Circuits(lambda: 0.0)
    for _ in range(5):
        circuits.record(failure("a.example.com", ErrorClass.MISSING_PACKAGE))

    assert circuits.open_for(HOSTS) is None
