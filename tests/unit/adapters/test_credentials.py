"""The input module-credentials: its grammar, and what must be masked."""

from __future__ import annotations

import base64

import pytest

from go_release_gate.adapters.credentials import Credential, masks, parse
from go_release_gate.errors import UsageError


def test_every_form_of_a_line() -> None:
    """Tokens, user:password in one word or two, ports, schemes, comments and blank lines are understood."""
    text = """
    # the company's tokens
    github.com/acme ghs_one
    https://Git.Example.com/Team/ glpat-two
    proxy.example.com:8443/go ci:p:w
    nexus.example.com ci pass#word
    """
    assert parse(text) == (
        Credential("proxy.example.com:8443/go", "ci", "p:w"),
        Credential("git.example.com/Team", "x-access-token", "glpat-two"),
        Credential("nexus.example.com", "ci", "pass#word"),
        Credential("github.com/acme", "x-access-token", "ghs_one"),
    )


def test_nothing_gives_nothing() -> None:
    """An empty input, or comments alone, is no credential and no error."""
    assert parse("\n# none\n") == ()


@pytest.mark.parametrize(
    "line",
    [
        "github.com/acme",
        "github.com/acme a s3cr3t-canary d",
        "http://git.example.com s3cr3t-canary",
        "ssh://git@example.com s3cr3t-canary",
        "*.example.com s3cr3t-canary",
        "git.example.com/../x s3cr3t-canary",
        "user:s3cr3t-canary@git.example.com s3cr3t-canary",
        "s3cr3t-canary= git.example.com",
        "git.example.com :s3cr3t-canary",
        "git.example.com s3cr3t-canary:",
        "git.example.com us:er s3cr3t-canary",
    ],
)
def test_a_wrong_line_is_named_by_number_and_never_repeated(line: str) -> None:
    """The message gives the line's number and the right forms; the secret is in neither message nor hint."""
    with pytest.raises(UsageError, match="line 2") as caught:
        parse(f"github.com/ok token\n{line}\n")
    assert caught.value.hint
    assert "s3cr3t-canary" not in caught.value.message + caught.value.hint + repr(caught.value)
    assert caught.value.exit_code == 2


def test_a_prefix_counts_once() -> None:
    """Two credentials for one prefix are a mistake, because only one could win."""
    with pytest.raises(UsageError, match=r"line 2: github\.com/acme has a credential already"):
        parse("github.com/acme one\ngithub.com/acme/ two")


def test_repr_hides_the_secret() -> None:
    """A credential in a traceback or a log shows its prefix alone."""
    shown = repr(parse("github.com/acme ci:s3cr3t-canary"))
    assert "github.com/acme" in shown
    assert "s3cr3t-canary" not in shown


def test_masks_hold_every_derived_form() -> None:
    """The secret itself, URL-encoded, and as each basic header shows it."""
    forms = masks(parse("proxy.example.com ci:p@ss/w+rd"))
    basic = base64.b64encode(b"ci:p@ss/w+rd").decode()
    token = base64.b64encode(b"x-access-token:p@ss/w+rd").decode()
    assert {"p@ss/w+rd", "p%40ss%2Fw%2Brd", basic, basic.rstrip("="), token} <= set(forms)
    assert "ci" not in forms
    assert all(forms)
