"""How the registries that people use ask for a login: each conversation goes exactly as its pages have it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from fakes.authority import Authority
from fakes.tlsproxy import Answer, Asked, Internet
from go_release_gate.adapters.registry.asking import Timing
from go_release_gate.adapters.registry.connecting import Connecting, connect
from go_release_gate.adapters.registry.errors import DeniedError, RegistryError
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import parse

DATA = Path(__file__).parents[1] / "data/registries/conversations.json"
CONVERSATIONS = json.loads(DATA.read_text("utf-8"))["conversations"]
MANIFEST = b'{"schemaVersion": 2}'
TYPE = "application/vnd.oci.image.index.v1+json"


class Script:
    """Hosts that expect the steps of one conversation, in their order, and answer as it has them."""

    def __init__(self, steps: list[dict[str, Any]]) -> None:
        self.left = list(steps)
        self.wrong: list[str] = []

    def __call__(self, asked: Asked) -> Answer:
        """The answer to the next step; what differs from it is kept."""
        if not self.left:
            self.wrong.append(f"{asked.method} {asked.host}{asked.path} was not expected")
            return Answer(500)
        step = self.left.pop(0)
        login = f"Basic {base64.b64encode(step['basic'].encode()).decode()}" if "basic" in step else ""
        wanted = {
            "host": step["host"],
            "method": step.get("method", "HEAD"),
            "path": step["path"],
            "query": step.get("query", {}),
            "form": step.get("form", {}),
            "authorization": step.get("authorization", login),
        }
        got = {
            "host": asked.host,
            "method": asked.method,
            "path": asked.path,
            "query": parse_qs(asked.query),
            "form": parse_qs(asked.body.decode()),
            "authorization": asked.headers.get("Authorization", ""),
        }
        if got != wanted:
            self.wrong.append(f"expected {wanted}, got {got}")
        return self._answer(step)

    @staticmethod
    def _answer(step: dict[str, Any]) -> Answer:
        headers = {"Docker-Distribution-Api-Version": "registry/2.0"}
        if "challenge" in step:
            headers["WWW-Authenticate"] = step["challenge"]
        if step.get("manifest"):
            return Answer(200, {"Docker-Content-Digest": digests.of(MANIFEST), "Content-Type": TYPE})
        return Answer(step.get("status", 200), headers, json.dumps(step["body"]).encode() if "body" in step else b"")


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda each: each["name"])
def test_conversation(conversation: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Challenge, token request and second try go as documented, no request more; a refusal names the line to set."""
    script = Script(conversation["steps"])
    authority = Authority(tmp_path / "authority")
    hosts = {step["host"] for step in conversation["steps"]}
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "Acme/shop", "DOCKER_CONFIG": str(tmp_path)}
    (tmp_path / "config.json").write_text(json.dumps(conversation.get("docker", {})))
    wanted = Connecting(
        tmp_path / "checkout",
        conversation.get("lines", ""),
        conversation.get("token", ""),
        authorities=str(authority.file),
    )
    with Internet(authority, dict.fromkeys(hosts, script)).running() as net:
        monkeypatch.setenv("HTTPS_PROXY", net.url)
        monkeypatch.setenv("NO_PROXY", "")
        registries = connect(environ, wanted, Timing(sleep=lambda _seconds: None))
        if "denied" in conversation:
            with pytest.raises(DeniedError) as caught:
                registries.look(parse(conversation["reference"]))
            assert conversation["denied"] in caught.value.hint
        else:
            assert registries.look(parse(conversation["reference"])).digest == digests.of(MANIFEST)
    assert script.wrong == []
    assert script.left == []


def test_every_registry_is_there_with_its_pages() -> None:
    """The seven registries each have a conversation, and each conversation names where it is from."""
    names = " ".join(each["name"] for each in CONVERSATIONS)
    for registry in ("ghcr", "docker-hub", "ecr", "google-artifact-registry", "acr", "harbor", "gitlab"):
        assert registry in names
    assert all(page.startswith("https://") for each in CONVERSATIONS for page in each["pages"])
    assert all(each["pages"] for each in CONVERSATIONS)


def test_a_registry_that_nobody_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate of an unknown authority is said with the input that mends it, and nothing is sent."""
    script = Script([])
    with Internet(Authority(tmp_path / "a"), {"ghcr.io": script}).running() as net:
        monkeypatch.setenv("HTTPS_PROXY", net.url)
        monkeypatch.setenv("NO_PROXY", "")
        with pytest.raises(RegistryError, match="ca-bundle"):
            connect({}, Connecting(tmp_path)).look(parse("ghcr.io/acme/shop:1"))
        assert net.tunnels == ["ghcr.io"]
        assert net.log == []
