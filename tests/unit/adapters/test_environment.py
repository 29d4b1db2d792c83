"""The allow-list: what passes, what is fixed, what differs between events and machines."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.adapters.environment import Surroundings, child_environment, git_configuration

ROOT = Path("/github/workspace")
HOME = Path("/private")
WORKFLOW = Surroundings(ROOT, HOME)
UNTRUSTED = Surroundings(ROOT, HOME, trusted=False)
PERSONAL = Surroundings(ROOT, HOME, personal=True)


def _variables(parent: dict[str, str], around: Surroundings = WORKFLOW) -> dict[str, str]:
    return dict(child_environment(parent, around).variables)


def _git(variables: dict[str, str]) -> list[tuple[str, str]]:
    count = int(variables["GIT_CONFIG_COUNT"])
    return [(variables[f"GIT_CONFIG_KEY_{n}"], variables[f"GIT_CONFIG_VALUE_{n}"]) for n in range(count)]


@pytest.mark.parametrize(
    "name",
    [
        "GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "INPUT_GITHUB-TOKEN",
        "INPUT_MODULE-CREDENTIALS", "AWS_SECRET_ACCESS_KEY", "GITHUB_ENV", "GITHUB_OUTPUT", "DOCKER_HOST",
        "LD_PRELOAD", "PYTHONPATH", "BASH_ENV", "GO111MODULE", "GOROOT", "GODEBUG", "GOCACHEPROG", "GOEXPERIMENT",
        "GOAUTH", "CC", "CGO_CFLAGS", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXEC_PATH", "GIT_SSH_COMMAND",
        "GIT_EXTERNAL_DIFF", "GIT_ASKPASS", "SSH_ASKPASS", "NETRC", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK",
    ],
)  # fmt: skip
def test_secrets_and_switches_do_not_pass(name: str) -> None:
    """In a workflow nothing beyond the list reaches a child, neither secrets nor what makes Go or git run things."""
    variables = _variables({name: "canary-value"})
    assert "canary-value" not in variables.values()


@pytest.mark.parametrize(
    ("name", "fixed"),
    [
        ("GOENV", "off"),
        ("GOTOOLCHAIN", "local"),
        ("GOWORK", "off"),
        ("CGO_ENABLED", "0"),
        ("GOTELEMETRY", "off"),
        ("HOME", "/private"),
        ("TMPDIR", "/private/tmp"),
        ("GOTMPDIR", "/private/tmp"),
        ("LANG", "C.UTF-8"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_ALLOW_PROTOCOL", "https"),
    ],
)
def test_what_is_fixed_beats_the_process_environment(name: str, fixed: str) -> None:
    """The fixed variables have one value whatever the process environment says."""
    assert _variables({name: "other"})[name] == fixed


@pytest.mark.parametrize(
    "name",
    [
        "GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOMODCACHE", "GOCACHE", "GOPATH",
        "HTTP_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO",
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", [WORKFLOW, UNTRUSTED, PERSONAL], ids=["workflow", "untrusted", "personal"])
def test_the_users_own_settings_pass(name: str, around: Surroundings) -> None:
    """Go's settings, proxies and CA variables of the process environment pass on every event."""
    assert _variables({name: "/the/users"}, around)[name] == "/the/users"


def test_an_untrusted_event_runs_no_version_control() -> None:
    """For a fork GOVCS is off for every path and no host is insecure."""
    variables = _variables({"GOVCS": "*:all", "GOINSECURE": "*"}, UNTRUSTED)
    assert variables["GOVCS"] == "*:off"
    assert "GOINSECURE" not in variables
    assert variables["GIT_ALLOW_PROTOCOL"] == "https"


def test_insecure_hosts_are_the_users_choice_on_trusted_events() -> None:
    """GOINSECURE passes when trusted, and git may then speak http."""
    variables = _variables({"GOINSECURE": "git.example.com"})
    assert variables["GOINSECURE"] == "git.example.com"
    assert variables["GIT_ALLOW_PROTOCOL"] == "https:http"
    assert variables["GOVCS"] == "public:git,private:git"


def test_a_personal_machine_keeps_home_and_ssh() -> None:
    """Outside workflows the person's HOME, git configuration and ssh agent serve; Go still reads no settings file."""
    parent = {"HOME": "/home/me", "SSH_AUTH_SOCK": "/run/agent", "GOAUTH": "git /home/me/x", "GITHUB_TOKEN": "t"}
    variables = _variables(parent, PERSONAL)
    assert variables["HOME"] == "/home/me"
    assert variables["SSH_AUTH_SOCK"] == "/run/agent"
    assert variables["GOAUTH"] == "git /home/me/x"
    assert variables["GIT_ALLOW_PROTOCOL"] == "https:ssh"
    assert variables["GOENV"] == "off"
    assert "GIT_CONFIG_GLOBAL" not in variables
    assert "GITHUB_TOKEN" not in variables


def test_the_settings_file_counts_on_a_personal_machine_only() -> None:
    """`go env -w` settings fill what the process environment leaves open, and only where they are the person's."""
    own = {"GOPRIVATE": "example.com/me", "GOPROXY": "https://file.example.com", "GOFLAGS": "-modcacherw"}
    personal = Surroundings(ROOT, HOME, personal=True, go_settings=own)
    variables = _variables({"GOPROXY": "https://process.example.com"}, personal)
    assert variables["GOPRIVATE"] == "example.com/me"
    assert variables["GOPROXY"] == "https://process.example.com"
    assert variables["GOFLAGS"] == "-buildvcs=false -modcacherw"
    elsewhere = _variables({}, Surroundings(ROOT, HOME, go_settings=own))
    assert "GOPRIVATE" not in elsewhere
    assert elsewhere["GOFLAGS"] == "-buildvcs=false"


@pytest.mark.parametrize(
    ("parent", "modcache", "cache"),
    [
        ({"HOME": "/home/me"}, "/home/me/go/pkg/mod", "/home/me/.cache/go-build"),
        ({"HOME": "/home/me", "GOPATH": "/a:/b"}, "/a/pkg/mod", "/home/me/.cache/go-build"),
        ({"HOME": "/home/me", "XDG_CACHE_HOME": "/c"}, "/home/me/go/pkg/mod", "/c/go-build"),
        ({"HOME": "/home/me", "GOMODCACHE": "/m", "GOCACHE": "/b"}, "/m", "/b"),
        ({}, "/private/go/pkg/mod", "/private/.cache/go-build"),
    ],
)
def test_caches_are_where_go_would_keep_them(parent: dict[str, str], modcache: str, cache: str) -> None:
    """The private HOME does not move the caches: Go's defaults are those of the real home."""
    variables = _variables(parent)
    assert (variables["GOMODCACHE"], variables["GOCACHE"]) == (modcache, cache)


def test_goflags_are_filtered_and_reported() -> None:
    """Flags that change verdicts or run programs are left out, and the run can say so."""
    made = child_environment({"GOFLAGS": "-mod=mod -modcacherw -toolexec=/tmp/x"}, WORKFLOW)
    assert made.variables["GOFLAGS"] == "-buildvcs=false -modcacherw"
    assert made.dropped == ("GOFLAGS -mod=mod", "GOFLAGS -toolexec=/tmp/x")


def test_a_workflows_module_cache_stays_deletable() -> None:
    """On request Go leaves no read-only directories behind."""
    around = Surroundings(ROOT, HOME, is_modcache_writable=True)
    assert _variables({}, around)["GOFLAGS"] == "-buildvcs=false -modcacherw"


def test_path_is_minimal() -> None:
    """PATH holds the directories of go and git and the system's, nothing of the process's PATH."""
    around = Surroundings(ROOT, HOME, programs=(Path("/opt/go/bin"), Path("/usr/bin")))
    assert _variables({"PATH": "/evil:."}, around)["PATH"] == "/opt/go/bin:/usr/bin:/usr/local/bin:/bin"


def test_git_is_told_by_environment() -> None:
    """The checkout is safe whoever owns it, hooks and monitors are off, bare repositories in it are ignored."""
    around = Surroundings(ROOT, HOME, git_settings=(("http.https://example.com/.extraHeader", "H: v"),))
    settings = dict(_git(_variables({}, around)))
    assert settings["safe.directory"] == "/github/workspace"
    assert settings["safe.bareRepository"] == "explicit"
    assert settings["core.fsmonitor"] == "false"
    assert settings["core.hooksPath"] == "/dev/null"
    assert settings["protocol.file.allow"] == "never"
    assert settings["http.https://example.com/.extraHeader"] == "H: v"


def test_git_configuration_numbers_its_pairs() -> None:
    """The count and the numbered pairs agree, in order."""
    assert git_configuration([("a.b", "1"), ("c.d", "2")]) == {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "a.b",
        "GIT_CONFIG_VALUE_0": "1",
        "GIT_CONFIG_KEY_1": "c.d",
        "GIT_CONFIG_VALUE_1": "2",
    }


def test_extra_variables_come_last() -> None:
    """A CA bundle and credentials beat what passed."""
    around = Surroundings(ROOT, HOME, extra={"SSL_CERT_FILE": "/private/ca.pem"})
    assert _variables({"SSL_CERT_FILE": "/etc/ca.pem"}, around)["SSL_CERT_FILE"] == "/private/ca.pem"
