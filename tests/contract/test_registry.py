"""A real registry, with and without logins: what is there, what is not, what has moved."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes.gitserver import IDENTITY
from fakes.registry.tokenservice import TokenService
from go_release_gate.adapters.registry.asking import Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.connecting import Connecting, connect
from go_release_gate.adapters.registry.errors import AbsentError, DeniedError, RegistryError
from go_release_gate.cli import app
from go_release_gate.cli.session import Wishes, open_session
from go_release_gate.config.settings import Settings
from go_release_gate.engine.context import Facts
from go_release_gate.engine.publishing_facts import collect
from go_release_gate.facts.publications import State
from go_release_gate.facts.repository import Repository
from go_release_gate.oci.reference import parse
from support import dockerregistry
from support.dockerregistry import DOCKER_LIST, INDEX, MANIFEST, PASSWORD, USER, RealRegistry, basic

Connect = Callable[..., Registries]
PATH = "acme/shop"


@pytest.fixture
def to(tmp_path: Path) -> Connect:
    """Connects with the lines of registry-credentials, and no configuration of Docker."""

    def make(lines: str = "", **environ: str) -> Registries:
        return connect(environ, Connecting(tmp_path, lines), Timing(sleep=lambda _seconds: None))

    return make


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the files of the registries."""
    return tmp_path_factory.mktemp("registry")


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[RealRegistry]:
    """A registry for everybody."""
    with dockerregistry.running(folder) as registry:
        yield registry


@pytest.fixture(scope="module")
def closed(folder: Path) -> Iterator[RealRegistry]:
    """A registry with one user and a password, and the image acme/shop:v1.2.3."""
    with dockerregistry.running(folder, dockerregistry.with_passwords(folder), basic()) as registry:
        registry.push(PATH, "v1.2.3")
        yield registry


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[TokenService]:
    """A token service with one user."""
    with TokenService(tmp_path, {USER: PASSWORD}, frozenset({"refresh-me"})).running() as service:
        yield service


@pytest.fixture
def guarded(tmp_path: Path, tokens: TokenService) -> Iterator[RealRegistry]:
    """A registry that wants tokens of that service, and the image acme/shop:v1.2.3."""
    pushing = f"Bearer {tokens.token(PATH, ('pull', 'push'))}"
    with dockerregistry.running(tmp_path, tokens.auth(), pushing) as registry:
        registry.push(PATH, "v1.2.3")
        yield registry


def test_a_tag_that_is_there(opened: RealRegistry, to: Connect) -> None:
    """A tag gives the digest of what was pushed, and its type; the digest gives the bytes."""
    digest = opened.push(PATH, "v1.0.0", "first")
    found = to().look(parse(f"{opened.domain}/{PATH}:v1.0.0"))
    assert (found.digest, found.media_type) == (digest, MANIFEST)
    whole = to().manifest(parse(f"{opened.domain}/{PATH}@{digest}"))
    assert "sha256:" + hashlib.sha256(whole.content).hexdigest() == digest


@pytest.mark.parametrize("name", [f"{PATH}:v9", "acme/nowhere:v1", f"{PATH}@sha256:{'a' * 64}"])
def test_what_is_not_there(opened: RealRegistry, to: Connect, name: str) -> None:
    """An unknown tag, repository or digest is absent, which is another thing than no answer."""
    opened.push(PATH, "v1.0.0", "first")
    for ask in (to().look, to().manifest):
        with pytest.raises(AbsentError, match=opened.domain):
            ask(parse(f"{opened.domain}/{name}"))


def test_a_tag_that_moves(opened: RealRegistry, to: Connect) -> None:
    """Each look sees where the tag is now; what it was stays there by its digest."""
    first = opened.push("acme/moving", "v1", "first")
    registries = to()
    assert registries.look(parse(f"{opened.domain}/acme/moving:v1")).digest == first
    second = opened.push("acme/moving", "v1", "second")
    assert registries.look(parse(f"{opened.domain}/acme/moving:v1")).digest == second != first
    assert registries.look(parse(f"{opened.domain}/acme/moving@{first}")).digest == first


@pytest.mark.parametrize("media_type", [INDEX, DOCKER_LIST])
def test_an_index(opened: RealRegistry, to: Connect, media_type: str) -> None:
    """The digest of a multi-platform image is that of its list, not of one platform's manifest."""
    inner = opened.push("acme/many", "amd64")
    digest = opened.push_index("acme/many", "v1", media_type, inner)
    found = to().look(parse(f"{opened.domain}/acme/many:v1"))
    assert (found.digest, found.media_type) == (digest, media_type)
    assert digest != inner


def test_tags_over_several_pages(opened: RealRegistry, to: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tag is listed, whatever the registry gives at once."""
    monkeypatch.setattr("go_release_gate.adapters.registry.client.TAGS_A_PAGE", 2)
    names = [f"v1.0.{number}" for number in range(5)]
    for name in names:
        opened.push("acme/tags", name)
    assert sorted(to().tags(parse(f"{opened.domain}/acme/tags"))) == names


def test_a_blob(opened: RealRegistry, to: Connect) -> None:
    """A manifest leads to its blobs; one that is not there is absent, one over the limit is not read."""
    reference = parse(f"{opened.domain}/acme/blobs:v1")
    opened.push("acme/blobs", "v1", "the layer")
    layer = json.loads(to().manifest(reference).content)["layers"][0]["digest"]
    assert to().blob(reference, layer) == b"the layer"
    with pytest.raises(RegistryError, match="more than 3 bytes"):
        to().blob(reference, layer, 3)
    with pytest.raises(AbsentError):
        to().blob(reference, f"sha256:{'a' * 64}")


def test_the_right_password(closed: RealRegistry, to: Connect) -> None:
    """A line of registry-credentials lets us in, for HEAD, GET and lists."""
    registries = to(f"{closed.domain} {USER}:{PASSWORD}")
    reference = parse(f"{closed.domain}/{PATH}:v1.2.3")
    assert registries.look(reference).digest == registries.manifest(reference).digest
    assert registries.tags(reference) == ("v1.2.3",)


def test_the_wrong_password(closed: RealRegistry, to: Connect) -> None:
    """A wrong login is named by where it comes from; its text stands nowhere."""
    with pytest.raises(DeniedError) as caught:
        to(f"{closed.domain} {USER}:wrong-one").look(parse(f"{closed.domain}/{PATH}:v1.2.3"))
    assert "refuses the login of registry-credentials" in caught.value.message
    assert "wrong-one" not in caught.value.message + caught.value.hint


def test_no_login(closed: RealRegistry, to: Connect) -> None:
    """Without a login the message says what line to set, and why a login on the runner does not help."""
    with pytest.raises(DeniedError) as caught:
        to().look(parse(f"{closed.domain}/{PATH}:v1.2.3"))
    assert f"registry-credentials: {closed.domain} USER:PASSWORD" in caught.value.hint
    assert "`docker login`" in caught.value.hint


def test_the_longest_prefix_wins(closed: RealRegistry, to: Connect) -> None:
    """The login of a path is taken before that of the host."""
    lines = f"{closed.domain} nobody:nothing\n{closed.domain}/acme {USER}:{PASSWORD}"
    assert to(lines).look(parse(f"{closed.domain}/{PATH}:v1.2.3")).digest


def test_a_token(guarded: RealRegistry, tokens: TokenService, to: Connect) -> None:
    """One token is asked for, to read this repository alone, with a login that the registry itself never sees."""
    registries = to(f"{guarded.domain} {USER}:{PASSWORD}")
    reference = parse(f"{guarded.domain}/{PATH}:v1.2.3")
    assert registries.look(reference).digest == registries.manifest(reference).digest
    (asked,) = tokens.asked
    assert asked == ("GET", {"service": ["registry.example.com"], "scope": [f"repository:{PATH}:pull"]}, basic())


def test_a_token_for_everybody(guarded: RealRegistry, tokens: TokenService, to: Connect) -> None:
    """Without a login a token is asked for as well: public images are read so."""
    tokens.users[""] = ""
    assert to().look(parse(f"{guarded.domain}/{PATH}:v1.2.3")).digest
    assert tokens.asked[0][2] == ""


@pytest.mark.parametrize(("lines", "message"), [("", "without a login"), (f"{USER}:wrong-one", "the login of")])
def test_no_token(guarded: RealRegistry, to: Connect, lines: str, message: str) -> None:
    """A token service that refuses is a refusal of the registry, not an outage."""
    with pytest.raises(DeniedError, match=message):
        to(f"{guarded.domain} {lines}" if lines else "").look(parse(f"{guarded.domain}/{PATH}:v1.2.3"))


def test_a_token_that_has_expired(guarded: RealRegistry, tokens: TokenService, to: Connect) -> None:
    """A token is renewed when the registry refuses it; one that is expired when it is given ends as a refusal."""
    registries = to(f"{guarded.domain} {USER}:{PASSWORD}")
    reference = parse(f"{guarded.domain}/{PATH}:v1.2.3")
    registries._access._headers[guarded.domain, PATH] = f"Bearer {tokens.token(PATH, lifetime=-300)}"
    assert registries.look(reference).digest
    tokens.lifetime = -300
    with pytest.raises(DeniedError, match="the login of registry-credentials"):
        to(f"{guarded.domain} {USER}:{PASSWORD}").look(reference)


def test_a_refresh_token(guarded: RealRegistry, tokens: TokenService, tmp_path: Path) -> None:
    """An identity token of Docker's configuration is exchanged by POST, and never put into an address."""
    home = tmp_path / "docker"
    home.mkdir()
    document = {"auths": {guarded.domain: {"identitytoken": "refresh-me"}}}
    (home / "config.json").write_text(json.dumps(document))
    registries = connect({"DOCKER_CONFIG": str(home)}, Connecting(tmp_path / "checkout"))
    assert registries.look(parse(f"{guarded.domain}/{PATH}:v1.2.3")).digest
    ((method, form, authorization),) = tokens.asked
    assert (method, authorization) == ("POST", "")
    assert form["grant_type"] == ["refresh_token"]


def test_an_untrusted_event_has_no_login(closed: RealRegistry, tmp_path: Path) -> None:
    """On a fork's pull request the lines are not used."""
    wanted = Connecting(tmp_path, f"{closed.domain} {USER}:{PASSWORD}", trusted=False)
    with pytest.raises(DeniedError, match="without a login"):
        connect({}, wanted).look(parse(f"{closed.domain}/{PATH}:v1.2.3"))


def test_nobody_there(opened: RealRegistry, to: Connect) -> None:
    """A host that does not answer is unavailable: neither absent nor refused."""
    with pytest.raises(RegistryError, match="no usable answer") as caught:
        to().look(parse("127.0.0.1:1/acme/shop:v1"))
    assert not isinstance(caught.value, AbsentError | DeniedError)


def test_a_session_asks_with_the_inputs(closed: RealRegistry, tmp_path: Path) -> None:
    """What a check is given reaches the registry; its secrets are among those that reports leave out."""
    (tmp_path / "checkout").mkdir()
    inherited = {name: os.environ[name] for name in ("PATH", "GOMODCACHE", "GOCACHE") if name in os.environ}
    environ = {**inherited, "HOME": str(tmp_path)}
    wishes = Wishes(tmp_path / "checkout", tmp_path, registry_credentials=f"{closed.domain} {USER}:{PASSWORD}")
    name = f"{closed.domain}/{PATH}:v1.2.3"
    with open_session(wishes, Settings(), environ) as session:
        facts = Facts(Repository(wishes.root, ()))
        found = collect(facts, Settings(), session.edges, [name, f"{closed.domain}/{PATH}:v9"])
        assert PASSWORD in session.secrets
    assert [each.state for each in found.of.values()] == [State.PRESENT, State.ABSENT]
    with open_session(wishes, Settings(trusted=False), environ) as session:
        assert collect(facts, Settings(), session.edges, [name]).of[name].state is State.UNAVAILABLE


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        (f"HOST {USER}:{PASSWORD}", 0, "exists already (sha256:"),
        ("", 3, "set registry-credentials: HOST USER:PASSWORD"),
        (f"HOST {USER}:canary-password", 3, "refuses the login of registry-credentials"),
    ],
)
def test_a_release_that_exists_already(
    closed: RealRegistry, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, lines: str, code: int, said: str
) -> None:
    """A check of a tag looks at its image in the registry; without a login that lets it, that is no pass."""
    digest = closed.push(PATH, "1.2.3")
    (tmp_path / "go.mod").write_text("module example.com/shop\n\ngo 1.22\n")
    (tmp_path / ".go-release-gate.yml").write_text(f"images:\n  - image: {closed.domain}/{PATH}\n")
    commit_and_tag(tmp_path, "v1.2.3")
    inherited = {name: os.environ[name] for name in ("PATH", "GOMODCACHE", "GOCACHE") if name in os.environ}
    given = lines.replace("HOST", closed.domain)
    environ = {**inherited, "HOME": str(tmp_path / "home"), "GO_RELEASE_GATE_REGISTRY_CREDENTIALS": given}
    words = ("check", str(tmp_path), "--event", "tag", "--tag", "v1.2.3", "--select", "released-tag-moved")
    assert app.run(words, environ) == code
    shown = "".join(capsys.readouterr())
    assert said.replace("HOST", closed.domain) in shown
    assert (digest in shown) is (code == 0)
    assert "canary-password" not in shown


def commit_and_tag(root: Path, tag: str) -> None:
    """Make `root` a repository with one commit and a tag."""
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "x"], ["tag", tag]):
        subprocess.run(["git", *words], cwd=root, check=True, env={**IDENTITY, "PATH": os.environ["PATH"]})
