"""Which sources connect by TLS as clients."""

from __future__ import annotations

import pytest

from go_release_gate.facts.programs import Need
from go_release_gate.facts.tls_clients import tls_need


def need(body: str, *imports: str) -> Need | None:
    """What a file with these imports and this body needs."""
    named = "".join(f'import "{one}"\n' for one in imports)
    return tls_need([("main.go", f"package main\n{named}func main() {{ {body} }}\n".encode())])


@pytest.mark.parametrize(
    "body",
    [
        'http.Get("https://example.com")',
        'http.Post("https://example.com/" + path, "", nil)',
        'http.Get(fmt.Sprintf("https://%s/x", host))',
    ],
)
def test_constant_https_address_is_certain(body: str) -> None:
    """An address written with https is a certain need."""
    found = need(body, "net/http")

    assert found is not None
    assert found.is_certain
    assert found.line == 3


@pytest.mark.parametrize("body", ["http.Get(url)", "c := http.Client{}", 'tls.Dial("tcp", address, nil)'])
def test_client_of_unknown_addresses_is_possible(body: str) -> None:
    """A client whose addresses only a run knows may need roots."""
    found = need(body, "net/http", "crypto/tls")

    assert found is not None
    assert not found.is_certain


@pytest.mark.parametrize(
    "body",
    [
        "http.ListenAndServe(address, nil)",
        'http.ListenAndServeTLS(address, "cert.pem", "key.pem", nil)',
        'http.Get("http://localhost:8080/healthz")',
        'http.Get(fmt.Sprintf("http://127.0.0.1:%d/healthz", port))',
        'c := http.Client{}; c.Get("http://db:8080")',
        "c := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}",
        'r, _ := http.NewRequest("GET", path, nil); handler.ServeHTTP(w, r)',
        '// http.Get("https://example.com")',
    ],
)
def test_no_need(body: str) -> None:
    """Servers, plain addresses, own roots, requests alone and comments need none."""
    assert need(body, "net/http", "crypto/tls", "fmt") is None


def test_library_of_a_service() -> None:
    """A library that only talks to a service over https needs roots."""
    found = need("", "github.com/stripe/stripe-go/v81")

    assert found is not None
    assert found.what == "github.com/stripe/stripe-go/v81"
