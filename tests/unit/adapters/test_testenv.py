"""What tests of the repository see of the step that runs them."""

from __future__ import annotations

from pathlib import Path

from go_release_gate.adapters.testenv import tests_environment as environment_of

ROOT = Path("/checkout")


def test_no_secret_and_no_input_of_the_step() -> None:
    """Inputs, tokens and what Go fetches with stay behind; Go's own settings and PATH do not."""
    go = {
        "GOPROXY": "https://proxy.example.com",
        "GOFLAGS": "-mod=readonly",
        "NETRC": "/n",
        "GOAUTH": "netrc",
        "PATH": "/go/bin",
    }
    parent = {
        "PATH": "/usr/bin", "GITHUB_TOKEN": "t", "INPUT_GITHUB-TOKEN": "t", "INPUT_SIGNING-KEY": "k",
        "ACTIONS_RUNTIME_TOKEN": "t", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t", "AWS_SECRET_ACCESS_KEY": "s", "CI": "true",
    }  # fmt: skip

    found = environment_of(go, parent, ROOT)

    assert (found["PATH"], found["GOFLAGS"], found["CI"]) == ("/go/bin:/usr/bin", "-mod=readonly", "true")
    assert {name for name in found if name in parent} == {"PATH", "CI"}
    assert not {"NETRC", "GOAUTH"} & set(found)


def test_a_proxy_with_a_login_is_off() -> None:
    """Everything was fetched before; the login is not handed on."""
    assert environment_of({"GOPROXY": "https://u:p@proxy.example.com,direct"}, {}, ROOT)["GOPROXY"] == "off"


def test_the_image_to_test_is_named() -> None:
    """Commands find the image that is about to be released, and the digest it must have."""
    told = {"RELEASE_IMAGE": "/tmp/image.tar", "RELEASE_IMAGE_DIGEST": "sha256:1"}

    assert told.items() <= environment_of({}, told, ROOT).items()
