"""One configuration file: what it says, and what is wrong with it, by line."""

from __future__ import annotations

import hashlib

import pytest

from go_release_gate.config.policy import Policy, read_policy
from go_release_gate.config.settings import GoSettings, ImageSettings, ReleaseSettings, Settings
from go_release_gate.errors import ConfigError
from go_release_gate.model.severity import Event, Severity

RULES = {"untidy-module": Severity.ERROR, "stale-vendor": Severity.ERROR, "local-replace": Severity.WARNING}


def read(text: str, event: Event = Event.BRANCH) -> Policy:
    return read_policy(text.encode(), ".go-release-gate.yml", event, RULES)


def test_without_a_file_the_defaults_hold() -> None:
    """No file gives the defaults and no origin."""
    assert read_policy(None, "f", Event.TAG, RULES) == Policy(Settings(event=Event.TAG))


@pytest.mark.parametrize("text", ["", "# nothing\n", "select:\nignore:\ngo:\n"])
def test_an_empty_file_or_key_is_none(text: str) -> None:
    """An empty file and empty keys leave the defaults; only the digest says that there is a file."""
    digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    assert read(text).settings == Settings(digest=digest)


EVERYTHING = """\
rules: "0.1"
select: [untidy-module, stale-vendor]
ignore:
  - local-replace
severity:
  untidy-module: warning
  stale-vendor: {branch: note, pull-request: off}
  local-replace: off
include: [testdata/real]
exclude:
  - third_party/**
go:
  version: "1.25.3"
  fetch-toolchain: true
  timeout: 60
verify: both
prepare: go generate -run 'a b' ./...
owners:
  services/**: ["@acme/services", "@acme/all"]
  tools: "@acme/tools"
baseline: .gate/baseline.json
fail-on: never
on-unavailable: warn
jobs: 3
"""


def test_every_key_becomes_its_setting() -> None:
    """A file with every key gives every setting, and each key's place."""
    policy = read(EVERYTHING)

    digest = f"sha256:{hashlib.sha256(EVERYTHING.encode()).hexdigest()}"
    assert policy.settings == Settings(
        select=("untidy-module", "stale-vendor"),
        ignore=("local-replace",),
        include=("testdata/real",),
        exclude=("third_party/**",),
        severities={"untidy-module": Severity.WARNING, "stale-vendor": Severity.NOTE, "local-replace": None},
        fail_on=None,
        on_unavailable="warn",
        jobs=3,
        verify="both",
        prepare=("go", "generate", "-run", "a b", "./..."),
        owners=(("services/**", "@acme/services"), ("services/**", "@acme/all"), ("tools", "@acme/tools")),
        baseline=".gate/baseline.json",
        digest=digest,
        go=GoSettings("1.25.3", True, 60),
    )
    assert policy.origins["severity.stale-vendor"] == ".go-release-gate.yml:7"
    assert policy.origins["go.timeout"] == ".go-release-gate.yml:15"


def test_severities_are_per_event() -> None:
    """An event that a rule's entry does not name keeps the rule's own severity; off is off for its event alone."""
    text = "severity: {stale-vendor: {branch: note, pull-request: off}}"

    assert read(text, Event.PULL_REQUEST).settings.severities == {"stale-vendor": None}
    assert read(text, Event.TAG).settings.severities == {}


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("jobs: 1\nfail_on: error\n", 2, "unknown key 'fail_on'", "did you mean fail-on?"),
        ("jobs: 1\nzzz: 1\n", 2, "unknown key 'zzz'", "known keys: rules, select"),
        ("go:\n  versoin: '1.2'\n", 2, "unknown key 'versoin' in go", "did you mean version?"),
        ("rules: 0.1\n", 1, "rules: expected text, found 0.1", 'put it in quotes, as in "0.1"'),
        ("go:\n  version: 1.20\n", 2, "go.version: expected text, found 1.2", 'as in "1.25.3"'),
        ("go: {version: go1.25}\n", 1, "go.version: 'go1.25' does not fit", ""),
        ("go: {timeout: 0}\n", 1, "go.timeout: 0 does not fit: more than 0", ""),
        ("jobs: -1\n", 1, "jobs: -1 does not fit: at least 0", ""),
        ("jobs: yes\n", 1, "jobs: expected a whole number, found 'yes'", ""),
        ("select:\n- stale-vendor\n- untdy-module\n", 3, "unknown rule 'untdy-module'", "did you mean untidy-module?"),
        ("select: untidy-module\n", 1, "select: expected a list, found 'untidy-module'", ""),
        ("select: [~]\n", 1, r"select\[0\]: expected text, found nothing", ""),
        ("severity:\n\n  stale-vendr: error\n", 3, "unknown rule 'stale-vendr'", "did you mean stale-vendor?"),
        ("severity:\n  stale-vendor: errr\n", 2, "unknown value 'errr'", "did you mean error?"),
        ("severity:\n  stale-vendor:\n    brnch: note\n", 3, "unknown key 'brnch'", "did you mean branch?"),
        ("severity: {stale-vendor: {tag: fatal}}\n", 1, "stale-vendor.tag: unknown value 'fatal'", "expected one of"),
        (
            "severity: {stale-vendor: 3}\n",
            1,
            "expected one of error, warning, note, off or keys and values, found 3",
            "",
        ),
        ("verify: go-mod\n", 1, "verify: unknown value 'go-mod'", "expected one of anchored, go, both"),
        ("owners: {a: [1]}\n", 1, r"owners.a\[0\]: expected text, found 1", ""),
        ("include: ['']\n", 1, r"include\[0\]: '' does not fit", ""),
        ("prepare: {a: b}\n", 1, "prepare: expected text or a list, found keys and values", ""),
        ("jobs: 1\nprepare: 'a \"b'\n", 2, "prepare: no closing quotation", ""),
        ("jobs: 1\nrules: '9.0'\n", 2, "edition '9.0' is newer than this program", "update"),
        ("baseline: ../b.json\n", 1, "baseline: the file must lie in the repository", ""),
        ("baseline: /b.json\n", 1, "baseline: the file must lie in the repository", ""),
        ("images:\n  - image: a\n  - module: b\n", 3, r"images\[1\]: the key 'image' is missing", ""),
        ("images: [{image: 'shop:v1'}]\n", 1, r"images\[0\].image: 'shop:v1' does not fit", ""),
        ("images: [{image: a, tags: ['v?']}]\n", 1, r"images\[0\].tags\[0\]: 'v\?' does not fit", ""),
        ("images:\n  - image: a\n    module: b/../../c\n", 3, r"images\[0\].module: the directory must lie in", ""),
        ("images: [{image: a, module: /c}]\n", 1, r"images\[0\].module: the directory must lie in", ""),
        ("release: {tags: signd}\n", 1, "release.tags: unknown value 'signd'", "did you mean signed?"),
        ("- a\n", 1, "the file: expected keys and values, found a list", ""),
        ("words\n", 1, "the file: expected keys and values, found 'words'", ""),
        ("zz: 1\nrules: 3\nyy: 2\n", 1, "unknown key 'zz'", ""),
    ],
)
def test_faults(text: str, line: int, message: str, hint: str) -> None:
    """The first fault by line is one ConfigError: what was found, what was expected, what was meant."""
    with pytest.raises(ConfigError, match=message) as caught:
        read(text)

    assert caught.value.line == line
    assert hint in caught.value.hint


def test_the_table_of_images() -> None:
    """Each entry keeps its line; a directory is named as modules are; what is left out is derived later."""
    api = "{image: a, module: ./api/, tags: [api/v*], platforms: [linux/arm64]}"
    text = f"images:\n- image: localhost:5000/shop\n- {api}\n"
    settings = read(text + "policy: strict\nrelease: {branches: [main], tags: signed}\n").settings

    assert settings.images == (
        ImageSettings("localhost:5000/shop"),
        ImageSettings("a", "api", ("api/v*",), ("linux/arm64",)),
    )
    assert {image.path for image in settings.images} == {".go-release-gate.yml"}
    assert [image.line for image in settings.images] == [2, 3]
    assert (settings.policy, settings.release) == ("strict", ReleaseSettings(("main",), "signed"))
