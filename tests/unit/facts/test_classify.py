"""Every trouble gets its class from what Go really writes, and a hint that names what to look at."""

from __future__ import annotations

import pytest

from go_release_gate.facts.classify import Surroundings, classify
from go_release_gate.facts.failure import read_failures
from go_release_gate.model.outcome import ErrorClass

AROUND = Surroundings(
    mod_path="services/api/go.mod",
    module="example.com/x",
    siblings={"example.com/shop/money": "libs/money"},
    goproxy="https://proxy.example.com",
    go="go1.26.8",
    timeout=300.0,
)

SAID = {
    "subpackage": (
        "go: finding module for package github.com/google/uuid/sub\n"
        "go: downloading github.com/google/uuid v1.6.0\n"
        "go: example.com/x imports\n"
        "\tgithub.com/google/uuid/sub: module github.com/google/uuid@latest found (v1.6.0), but does not contain"
        " package github.com/google/uuid/sub\n",
        ErrorClass.MISSING_PACKAGE,
        "go get",
    ),
    "generated": (
        "go: example.com/x imports\n"
        "\texample.com/x/gen: module example.com/x/gen: reading https://proxy.example.com/example.com/x/gen/@v/list:"
        " 400 Bad Request\n",
        ErrorClass.MISSING_PACKAGE,
        "prepare",
    ),
    "sibling": (
        "go: example.com/x imports\n"
        "\texample.com/shop/money: cannot find module providing package example.com/shop/money: module lookup disabled"
        " by GOPROXY=off\n",
        ErrorClass.WORKSPACE_ONLY_DEPENDENCY,
        "example.com/shop/money",
    ),
    "replace": (
        "go: x imports\n\texample.com/y: example.com/y@v0.0.0: replacement directory ../nowhere does not exist\n",
        ErrorClass.REPLACE_TARGET,
        "services/api/go.mod",
    ),
    "off": (
        "go: example.com/x imports\n\tgolang.org/x/nothere: cannot find module providing package golang.org/x/nothere:"
        " module lookup disabled by GOPROXY=off\n",
        ErrorClass.NETWORK,
        "GOPROXY=off",
    ),
    "not required": (
        "main.go:3:8: cannot find module providing package example.com/y: import lookup disabled by -mod=readonly\n",
        ErrorClass.MISSING_PACKAGE,
        "go get",
    ),
    "private host": (
        "go: downloading priv.invalid/y v1.0.0\ngo: example.com/x imports\n"
        '\tpriv.invalid/y: unrecognized import path "priv.invalid/y": https fetch: Get "https://priv.invalid/y?go-get=1":'
        " dial tcp: lookup priv.invalid on 192.0.2.53:53: no such host\n",
        ErrorClass.NETWORK,
        "priv.invalid",
    ),
    "refused connection": (
        'go: example.com/x imports\n\texample.com/y: example.com/y@v1.0.0: Get "http://127.0.0.1:9/example.com/y/@v/v1.0.0.zip":'
        " dial tcp 127.0.0.1:9: connect: connection refused\n",
        ErrorClass.NETWORK,
        "127.0.0.1:9",
    ),
    "login": (
        "go: example.com/x imports\n\tgithub.com/acme/secret: module github.com/acme/secret: git ls-remote -q origin in"
        " /home/cache/vcs/abc: exit status 128:\n\tfatal: could not read Username for 'https://github.com': terminal"
        " prompts disabled\n\tConfirm the import path was entered correctly.\n",
        ErrorClass.AUTH,
        "github.com",
    ),
    "ssh": (
        "go: github.com/acme/secret@v1.0.0: git ls-remote -q origin in /home/cache/vcs/abc: exit status 128:\n"
        "\tfatal: transport 'ssh' not allowed\n",
        ErrorClass.AUTH,
        "https",
    ),
    "forbidden": (
        "go: example.com/x imports\n\tgithub.com/acme/secret: github.com/acme/secret@v1.0.0: reading"
        " https://athens.example.com/github.com/acme/secret/@v/v1.0.0.zip: 403 Forbidden\n",
        ErrorClass.AUTH,
        "athens.example.com",
    ),
    "not found": (
        "go: example.com/x imports\n\texample.com/y: example.com/y@v9.0.0: reading"
        " https://proxy.example.com/example.com/y/@v/v9.0.0.zip: 404 Not Found\n\tserver response: not found\n",
        ErrorClass.MISSING_PACKAGE,
        "GOPRIVATE",
    ),
    "server": (
        "go: example.com/x imports\n\texample.com/y: example.com/y@v1.0.0: reading"
        " https://proxy.example.com/example.com/y/@v/v1.0.0.zip: 502 Bad Gateway\n",
        ErrorClass.NETWORK,
        "502",
    ),
    "certificate": (
        'go: example.com/y@v1.0.0: Get "https://proxy.example.com/example.com/y/@v/v1.0.0.mod": tls: failed to verify'
        " certificate: x509: certificate signed by unknown authority\n",
        ErrorClass.NETWORK,
        "ca-bundle",
    ),
    "newer": (
        "go: go.mod requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)\n",
        ErrorClass.TOOLCHAIN,
        "1.99",
    ),
    "newer dependency": (
        "go: example.com/y@v1.0.0 requires go >= 1.99.1 (running go 1.26.8; GOTOOLCHAIN=local)\n",
        ErrorClass.TOOLCHAIN,
        "1.99.1",
    ),
    "directive": (
        "go: errors parsing go.mod:\ngo.mod:5: unknown directive: requirex\n",
        ErrorClass.MALFORMED_FILE,
        "go.mod",
    ),
    "checksum": (
        "verifying github.com/google/uuid@v1.3.0: checksum mismatch\n"
        "\tdownloaded: h1:t6JiXgmwXMjEs8VusXIJk2BXHsn+wx8BZdTaoZ5fu7I=\n"
        "\tgo.sum:     h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nSECURITY ERROR\n"
        "This download does NOT match an earlier download recorded in go.sum.\n",
        ErrorClass.CHECKSUM,
        "moved",
    ),
    "flags": ('go: parsing $GOFLAGS: non-flag "foo"\n', ErrorClass.GO_FLAGS, "GOFLAGS"),
    "disk": ("go: writing go.sum: write /tmp/x: no space left on device\n", ErrorClass.INTERNAL, "space"),
}


@pytest.mark.parametrize("name", SAID)
def test_class_and_hint(name: str) -> None:
    """What Go 1.26 writes is given its class, and the hint names the host, setting or file."""
    text, kind, named = SAID[name]

    error = classify(text, AROUND)

    assert error.kind is kind, error
    assert named in f"{error.message} {error.hint}"


def test_own_fault_outranks_the_network() -> None:
    """A fault that is certainly the repository's is not hidden by a host that is away."""
    text = SAID["private host"][0] + SAID["replace"][0]

    assert classify(text, AROUND).kind is ErrorClass.REPLACE_TARGET


def test_time_limit_names_the_proxy() -> None:
    """A call that hung is blamed on the host Go was most likely asking."""
    error = classify("go: downloading example.com/y v1.0.0\n", AROUND, timed_out=True)

    assert (error.kind, error.host) == (ErrorClass.TIMEOUT, "proxy.example.com")


def test_unknown_words_are_internal_and_kept() -> None:
    """A message without a class keeps Go's own words."""
    error = classify("go: something nobody has seen\n", AROUND)

    assert (error.kind, error.message) == (ErrorClass.INTERNAL, "something nobody has seen")


def test_silence_is_internal() -> None:
    """A failure without any message is not taken for a pass or a finding."""
    assert classify("", AROUND).kind is ErrorClass.INTERNAL


def test_user_names_stay_out_of_hosts() -> None:
    """Credentials in an address are no part of the host that is named."""
    failures = read_failures('go: x: Get "https://user:secret@host.example.com/p": dial tcp: i/o timeout\n')

    assert failures[0].host == "host.example.com"
