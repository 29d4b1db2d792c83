"""What people are told, in which form, and what happens where it cannot be told."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.registry.wire import HttpWire
from go_release_gate.config.releases import Alert as Settings
from go_release_gate.release.alerts import Alert, Ways, chat_span, incident_of, message_of, names_of, tell
from support.telling import Telling, Told, telling

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
DIGEST = f"sha256:{hashlib.sha256(b'image').hexdigest()}"
ALERT = Alert(
    incident_of("api", "production", DIGEST),
    "api",
    "production",
    DIGEST,
    "1.4.2",
    "3 failed looks in a row",
    command="go-release-gate release rollback --service api --env production",
    run="https://github.example.com/acme/shop/actions/runs/7",
    owners=("@acme/oncall", "mona"),
)
HOSTILE = "@everyone <!channel> [x](https://evil.example) <img src=x> ``` `a` https://evil.example\n::error::x | y"


@pytest.fixture
def server() -> Iterator[Telling]:
    """A receiver."""
    with telling(lambda _heard: Told()) as made:
        yield made


def ways(tmp_path: Path, **given: Any) -> Ways:
    """Ways with real requests and processes."""
    return Ways(lambda: NOW, HttpWire(), ProcessRunner(), tmp_path, **{"patience": 5.0, **given})


def test_a_webhook_is_signed(tmp_path: Path, server: Telling) -> None:
    """The signature is that of the very bytes, which hold the time and everything an alert says."""
    told = tell(ALERT, [Settings("webhook", server.url, "KEY")], ways(tmp_path, environ={"KEY": "s3cret"}))
    (heard,) = server.heard
    expected = hmac.new(b"s3cret", heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["X-Go-Release-Gate-Signature-256"] == f"sha256={expected}"
    document = json.loads(heard.body)
    assert (document["kind"], document["time"], document["digest"]) == ("release-alert", "2026-11-21T10:00:00Z", DIGEST)
    assert document["command"].endswith("--env production")
    assert (told.reached, told.notices) == (("webhook-1",), ())


def test_a_chat_gets_one_text(tmp_path: Path, server: Telling) -> None:
    """The address may come from the variable that `secret` names."""
    told = tell(ALERT, [Settings("chat", secret="CHAT")], ways(tmp_path, environ={"CHAT": server.url}))
    document = json.loads(server.heard[0].body)
    assert list(document) == ["text"]
    assert document["text"].splitlines() == [
        "`api` in `production`: `1.4.2` fails",
        "why: `3 failed looks in a row`",
        f"digest: `{DIGEST}`",
        "run: `go-release-gate release rollback --service api --env production`",
        "https://github.example.com/acme/shop/actions/runs/7",
        "@acme/oncall mona",
    ]
    assert told.reached == ("chat-1",)


def test_a_command_gets_json_on_its_input(tmp_path: Path) -> None:
    """Without a shell, and with nothing of the alert among its arguments."""
    program = "import json, sys; open('out.json', 'w').write(json.dumps([json.load(sys.stdin), sys.argv[1:]]))"
    settings = Settings("command", run=(sys.executable, "-c", program, "{reason}"))
    assert tell(ALERT, [settings], ways(tmp_path)).reached == ("command-1",)
    document, words = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert (document["reason"], words) == ("3 failed looks in a row", ["{reason}"])


def test_what_cannot_be_told_is_a_notice(tmp_path: Path, server: Telling) -> None:
    """Every kind of failure leaves the others told; no notice holds an address's path or a key."""
    server.answers = lambda heard: Told(status=500 if heard.path == "/T/secret" else 200)
    settings = [
        Settings("webhook", f"{server.url}/T/secret"),
        Settings("webhook", server.url, "UNSET"),
        Settings("chat", "http://chat.example.com/secret"),
        Settings("command", run=("false",)),
        Settings("command", run=("no-such-program",)),
        Settings("command", run=(sys.executable, "-c", "import time; time.sleep(60)")),
        Settings("issue"),
        Settings("webhook", "file:///etc/passwd"),
        Settings("webhook", "http://169.254.169.254/"),
        Settings("webhook", f"{server.url}/ok"),
    ]
    told = tell(ALERT, settings, ways(tmp_path, patience=0.5, command_environment={"PATH": "/usr/bin:/bin"}))
    assert told.reached == ("webhook-10",)
    assert len(told.notices) == 9
    assert "UNSET is not set" in told.notices[1]
    assert "without https" in told.notices[2]
    assert "no token" in told.notices[6]
    assert "secret" not in "".join(told.notices).replace("`secret`", "")


def test_a_defect_in_a_way_is_a_notice(tmp_path: Path) -> None:
    """Even an error that nobody expects does not come through."""

    def broken() -> Any:
        raise RuntimeError("token 123")

    assert tell(ALERT, [Settings("issue")], ways(tmp_path, api=broken)).notices == (
        "alert issue-1 was not told: RuntimeError",
    )


def test_ways_that_have_told_it_are_skipped(tmp_path: Path, server: Telling) -> None:
    """One that was reached is not told again; the other is."""
    settings = [Settings("webhook", f"{server.url}/one"), Settings("webhook", f"{server.url}/two")]
    assert names_of(settings) == ("webhook-1", "webhook-2")
    told = tell(ALERT, settings, ways(tmp_path), frozenset({"webhook-1"}))
    assert (told.reached, [heard.path for heard in server.heard]) == (("webhook-2",), ["/two"])


def test_foreign_words_mean_nothing_in_markdown() -> None:
    """No link, no picture, no mention but of the configured owners, and the table holds."""
    hostile = replace(ALERT, reason=HOSTILE, version=HOSTILE, run=HOSTILE, service=HOSTILE, owners=("mona", HOSTILE))
    message = message_of(hostile, NOW)
    html = MarkdownIt("gfm-like", {"linkify": False}).render(message.markdown)
    for word in ("<a", "<img", "<!channel"):
        assert word not in html
    assert not [line for line in message.markdown.splitlines() if line.lstrip().startswith("::")]
    outside = "".join(part.split("</code>")[-1] for part in html.split("<code"))
    assert "@everyone" not in outside
    assert "@mona" in outside
    assert html.count("<tr>") == 8 + 1
    assert "\n" not in message.title


@given(st.text(max_size=80))
def test_foreign_words_mean_nothing_in_a_chat(text: str) -> None:
    """Whatever they are: one line of code without mention, entity, link or an end of the code."""
    span = chat_span(text)
    assert span[0] == span[-1] == "`"
    assert not set("`<>&@\n") & set(span[1:-1])
    assert "://" not in span
    assert span.isprintable()


def test_foreign_words_are_one_visible_line_in_json(tmp_path: Path, server: Telling) -> None:
    """Neither a terminal nor a runner's log that prints them, as they come or taken out of the JSON, obeys them."""
    words = f"{HOSTILE}\x1b]0;x\x07\u202e ##[error]x\r\n::set-output name=a::b"
    hostile = replace(ALERT, reason=words, version=f"::{words}", run=words, service=words, owners=(words,))
    program = "import sys; open('out.json', 'w').write(sys.stdin.read())"
    settings = [Settings("webhook", server.url), Settings("command", run=(sys.executable, "-c", program))]
    assert tell(hostile, settings, ways(tmp_path)).reached == ("webhook-1", "command-2")
    for body in (server.heard[0].body.decode(), (tmp_path / "out.json").read_text("utf-8").removesuffix("\n")):
        document = json.loads(body)
        texts = [body, *document["owners"], *(value for value in document.values() if isinstance(value, str))]
        assert len(texts) > 8
        for text in texts:
            assert text.isprintable()
            assert not text.lstrip().startswith("::")
            assert "##[" not in text


def test_foreign_words_mean_nothing_in_a_title() -> None:
    """An issue's title is one visible line, whatever the version is."""
    title = message_of(replace(ALERT, version=f"\x1b[31m{HOSTILE}\u202e"), NOW).title
    assert title.isprintable()
    assert len(title) < 256


def test_an_owner_that_is_none_is_no_mention() -> None:
    """Only names that GitHub knows become mentions."""
    told = message_of(replace(ALERT, owners=("team of ann", "acme/oncall")), NOW).markdown
    assert "`team of ann` @acme/oncall" in told
