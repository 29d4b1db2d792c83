"""The typed walk makes settings from the file's values, and gives them back."""

from __future__ import annotations

from go_release_gate.config.construct import construct, plain
from go_release_gate.config.releases import Environment, HttpProbe, Releases, Target

VALUES = {
    "ledger": {"ref": "refs/heads/records", "rollback-point": 24},
    "services": {"api": {"image": "registry.example.com/acme/api", "mirrors": ["mirror.example.com/api"]}},
    "environments": {
        "production": {
            "targets": [{"kind": "command", "run": ["deploy", "{image}"], "observe": "running"}],
            "health": {"http": [{"url": "https://shop.example.com/healthz"}], "warm-up": 0},
            "keep-hours": 96,
        }
    },
}


def test_values_become_settings() -> None:
    """Nested objects, lists, tables and either-or values arrive as their types; what is absent keeps its default."""
    made = construct(Releases, VALUES)
    production = made.environments["production"]

    assert (made.ledger.ref, made.ledger.rollback_point, made.ledger.remote) == ("refs/heads/records", 24.0, "origin")
    assert production.targets == (Target("command", run=("deploy", "{image}"), observe="running"),)
    assert production.health.http == (HttpProbe("https://shop.example.com/healthz"),)
    assert (production.keep, production.keep_hours) == (Environment().keep, 96.0)


def test_settings_become_values_again() -> None:
    """`plain` says what the file said, no more."""
    assert plain(construct(Releases, VALUES)) == VALUES
