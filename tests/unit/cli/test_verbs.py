"""The small verbs: explain, rules, schema, config, plan, doctor."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from go_release_gate.cli import app, examine
from go_release_gate.cli.examine import State
from go_release_gate.rules.registry import RULES


def run(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0, **environ: str) -> str:
    """Standard output of the command; its exit code must be `code`."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "GOMODCACHE", "GOCACHE") if name in os.environ}
    assert app.run(words, {**inherited, **environ}) == code
    return capsys.readouterr().out


def run_json(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    return json.loads(run(capsys, *words, "--format", "json", code=code))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with two modules, one replacing by the other."""
    for name, more in (("api", "require example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n"), ("lib", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "go.mod").write_text(f"module example.com/{name}\n\ngo 1.22\n\n{more}", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_explain_shows_the_page(rule: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Each rule's page is shown whole, with its severity."""
    text = run(capsys, "explain", rule.id)

    assert text.startswith(f"# {rule.id}\n")
    assert rule.page in text
    assert "severity: " in text


def test_rules_follow_their_schema(capsys: pytest.CaptureFixture[str]) -> None:
    """The table names every rule; the object says the same and is valid by `schema rules`."""
    table = run(capsys, "rules")
    document = run_json(capsys, "rules")
    schema = json.loads(run(capsys, "schema", "rules"))

    jsonschema.Draft202012Validator(schema).validate(document)
    assert [rule["id"] for rule in document["rules"]] == [rule.id for rule in RULES]
    assert [line.split()[0] for line in table.splitlines()[1:]] == [rule.id for rule in RULES]


@pytest.mark.parametrize("kind", ["config", "check", "baseline", "rules"])
def test_every_schema_is_one(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`schema KIND` prints a valid JSON schema."""
    jsonschema.Draft202012Validator.check_schema(json.loads(run(capsys, "schema", kind)))


def test_the_config_schema_offers_rule_ids(capsys: pytest.CaptureFixture[str]) -> None:
    """Where a rule's id is expected, the schema lists those there are."""
    schema = json.loads(run(capsys, "schema", "config"))

    assert schema["properties"]["ignore"]["items"]["enum"] == sorted(rule.id for rule in RULES)


def test_effective_settings_have_origins(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each setting is shown with its value and the place that gave it."""
    (shop / ".go-release-gate.yml").write_text("jobs: 2\nverify: go\n", encoding="utf-8")
    document = run_json(capsys, "config", "--effective", str(shop), "--verify", "both")

    settings = {item["key"]: (item["value"], item["origin"]) for item in document["settings"]}
    assert settings["jobs"] == (2, ".go-release-gate.yml:1")
    assert settings["verify"] == ("both", "--verify")
    assert settings["fail-on"] == ("error", "default")
    text = run(capsys, "config", "--effective", str(shop))
    assert "verify go .go-release-gate.yml:2" in [" ".join(line.split()) for line in text.splitlines()]


def test_config_checks_the_file(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file it says so; with a wrong one it exits 2; a wrong name of the file is no silent default."""
    assert "no configuration file" in run(capsys, "config", str(shop))
    (shop / ".go-release-gate.yaml").write_text("jobs: 2\n", encoding="utf-8")
    run(capsys, "config", str(shop), code=2)
    (shop / ".go-release-gate.yml").write_text("jobs: 2\n", encoding="utf-8")
    assert "is valid" in run(capsys, "config", str(shop))
    (shop / ".go-release-gate.yml").write_text("job: 2\n", encoding="utf-8")
    run(capsys, "config", str(shop), code=2)


def test_a_linked_configuration_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A link in the checkout cannot make us read, and quote, a file elsewhere; a named file may be anywhere."""
    secret = shop.parent / f"{shop.name}-secret"
    secret.write_text("secret-word: 1\n", encoding="utf-8")
    (shop / ".go-release-gate.yml").symlink_to(secret)

    assert app.run(["config", str(shop)], {}) == 2
    assert "secret-word" not in capsys.readouterr().err
    assert app.run(["config", str(shop), "--config", str(secret)], {}) == 2
    assert "secret-word" in capsys.readouterr().err


def test_plan_lists_jobs(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One job per module, or as many as asked; the matrix feeds the input `module`."""
    document = run_json(capsys, "plan", str(shop))
    assert [module["dir"] for module in document["modules"]] == ["lib", "api"]
    assert document["matrix"] == {"include": [{"name": name, "modules": name} for name in ("lib", "api")]}

    document = run_json(capsys, "plan", str(shop), "--shards", "1")
    assert document["matrix"] == {"include": [{"name": "1 of 1", "modules": "api\nlib"}]}


def test_plan_writes_its_output(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --output standard output stays empty."""
    assert run(capsys, "plan", str(shop), "--output", str(tmp_path / "plan.json")) == ""
    assert json.loads((tmp_path / "plan.json").read_text("utf-8"))["kind"] == "plan"
    run(capsys, "plan", str(shop), "--output", str(tmp_path / "no" / "plan.json"), code=2)


def test_doctor_without_go_is_trouble(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A machine without Go gets exit 3 and a hint, and all other examinations; one with Go exit 0."""
    assert "a check can run here" in run(capsys, "doctor", str(shop))
    text = run(capsys, "doctor", str(shop), code=3, PATH=str(tmp_path), GOROOT="")

    assert "trouble  go" in text
    assert "install Go" in text
    assert "network proxy" in text


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    """A place below a file is no place for a cache; one that will be created is fine."""
    assert examine.cache("module cache", tmp_path / "new" / "cache").state is State.FINE
    if os.geteuid() != 0:
        tmp_path.chmod(0o500)
        assert examine.cache("module cache", tmp_path / "new").state is State.TROUBLE


@pytest.mark.parametrize(("free", "state"), [(10 << 20, State.TROUBLE), (500 << 20, State.NOTE), (9 << 30, State.FINE)])
def test_little_space_is_said(free: int, state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No space is trouble, little is a note."""
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": free}))

    assert examine.cache("build cache", tmp_path).state is state


def test_passwords_of_proxies_are_not_shown(tmp_path: Path) -> None:
    """Neither a network proxy's nor a module proxy's password reaches the output."""
    found = [
        examine.proxy({"HTTPS_PROXY": "http://ann:secret@proxy.example.com:3128", "http_proxy": "ann:secret@p:1"}),
        *examine.module_network({"GOPROXY": "https://ann:secret@goproxy.example.com/x,direct", "GOSUMDB": "off"}),
    ]

    assert "secret" not in repr(found)
    assert "proxy.example.com:3128" in found[0].text
    assert [item.state for item in found] == [State.FINE, State.FINE, State.NOTE, State.FINE]


def test_certificates_must_be_readable(tmp_path: Path) -> None:
    """A bundle that is none and a variable that names no file are trouble before Go says so."""
    missing = {"SSL_CERT_FILE": str(tmp_path / "no.pem")}
    (tmp_path / "bad.pem").write_text("nothing", encoding="utf-8")

    assert examine.certificates(tmp_path, missing, "").state is State.TROUBLE
    assert examine.certificates(tmp_path, {}, str(tmp_path / "bad.pem")).state is State.TROUBLE
    assert examine.certificates(tmp_path, {}, "").state is State.FINE
