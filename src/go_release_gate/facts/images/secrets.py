"""Files that look like secrets: by name, and small ones by what is in them. Pure.

Certificates are none, nor are keys that tests and documentation bring along. What is found is a likeness: nobody is
asked whether a token still lets somebody in.
"""

from __future__ import annotations

import re

SMALL = 64 << 10  # bytes of a file that is looked into

# name → what its content must have, and what it is then
_NAMED: dict[bytes, tuple[re.Pattern[bytes], str]] = {
    b".npmrc": (re.compile(rb"_authToken\s*=\s*[^\s$]|_password\s*=\s*[^\s$]|_auth\s*=\s*[^\s$]"), "an npm login"),
    b".netrc": (re.compile(rb"\bpassword\s+\S"), "logins of .netrc"),
    b"_netrc": (re.compile(rb"\bpassword\s+\S"), "logins of .netrc"),
    b".git-credentials": (re.compile(rb"://[^\s/]+:[^\s/]+@"), "git logins"),
    b".pypirc": (re.compile(rb"\bpassword\s*[=:]\s*\S"), "a PyPI login"),
    b".pgpass": (re.compile(rb":[^:\s]+\s*$", re.MULTILINE), "PostgreSQL logins"),
    b".dockercfg": (re.compile(rb'"auth"\s*:\s*"[^"]'), "registry logins"),
    b".htpasswd": (re.compile(rb":[^\s:]{8}"), "passwords of .htpasswd"),
}
_PLACED: tuple[tuple[bytes, re.Pattern[bytes], str], ...] = (
    (b"/.docker/config.json", re.compile(rb'"(auth|identitytoken)"\s*:\s*"[^"]'), "registry logins"),
    (b"/.aws/credentials", re.compile(rb"aws_secret_access_key\s*=\s*\S"), "AWS credentials"),
    (b"/.kube/config", re.compile(rb"client-key-data|token|password"), "a kubeconfig"),
    (b"/.config/gh/hosts.yml", re.compile(rb"oauth_token"), "a GitHub login"),
    (
        b"/.config/gcloud/application_default_credentials.json",
        re.compile(rb"refresh_token|private_key"),
        "a Google login",
    ),
    (b"/.azure/msal_token_cache.json", re.compile(rb"secret"), "an Azure login"),
    (b"/.azure/accessTokens.json", re.compile(rb"oken"), "an Azure login"),
    (b"/.git/config", re.compile(rb"://[^\s/]+:[^\s/]+@|extraheader"), "a git login"),
)
_PATHS = re.compile(b"(?:" + b"|".join(re.escape(place) for place, _, _ in _PLACED) + b")$")
_ENV = re.compile(
    rb"^\s*(?:export\s+)?\w*(?:SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE)\w*\s*=\s*[\"']?[^\s\"'$<#]",
    re.MULTILINE | re.IGNORECASE,
)
_PEM = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----(?:\s|\\r|\\n)+"
    rb"(?:[A-Za-z-]+: [^\n]*\n\s*)*(?:[A-Za-z0-9+/=]|\s|\\r|\\n){48}"
)
_WORDS: tuple[tuple[bytes, re.Pattern[bytes], str], ...] = (
    (b"PRIVATE KEY-----", _PEM, "a private key"),
    (b"PuTTY-User-Key-File-", re.compile(rb"PuTTY-User-Key-File-\d: "), "a private key"),
    (b"client-key-data", re.compile(rb"client-key-data\"?:\s*\"?[A-Za-z0-9+/=]{64}"), "a kubeconfig with a key"),
    (b"AGE-SECRET-KEY-1", re.compile(rb"AGE-SECRET-KEY-1[0-9A-Z]{58}"), "an age key"),
    (b"gh", re.compile(rb"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{82}\b"), "a GitHub token"),
    (b"glpat-", re.compile(rb"\bglpat-[\w-]{20}"), "a GitLab token"),
    (b"AKIA", re.compile(rb"\bAKIA(?![0-9A-Z]{9}EXAMPLE)[0-9A-Z]{16}\b"), "an AWS access key"),
    (b"xox", re.compile(rb"\bxox[abprs]-[0-9A-Za-z-]{20}"), "a Slack token"),
)
_LOOKED_INTO = frozenset(
    (
        b" pem key crt cert cer p8 pk8 ppk json yaml yml toml ini conf cfg config env properties xml bak old orig txt "
        b"sh secret secrets token tf tfvars tfstate"
    ).split(b" ")
)
_STORES = frozenset({b"p12", b"pfx", b"jks", b"keystore"})
_PATTERN = (b"example", b"sample", b"template", b"dist", b"defaults", b"schema")
_OTHERS = re.compile(
    rb"(?:^|/)(?:testdata|tests?|test-fixtures|fixtures|examples?|doc|docs|man|locale|node_modules|pkg/mod/[^/]"
    rb"|dist-packages|site-packages|zoneinfo)/|^usr/local/go/|^usr/(?:lib|share)/(?:perl|python)|^proc/|^sys/"
)


def is_looked_into(path: bytes, name: bytes, size: int) -> bool:
    """Whether a file's bytes can tell something; `path` without the first slash, `name` its last part."""
    if not 8 <= size <= SMALL:
        return False
    dot = name.rfind(b".")
    kind = name[dot + 1 :] if dot > 0 else b""
    if kind not in _LOOKED_INTO and not name.startswith(b".") and b".env." not in name:
        return False
    return not _OTHERS.search(path)


def by_content(path: bytes, name: bytes, data: bytes) -> str:
    """What a file that is looked into seems to be; empty: no secret."""
    named = _NAMED.get(name)
    if named and named[0].search(data):
        return named[1]
    if _PATHS.search(b"/" + path):
        for place, pattern, what in _PLACED:
            if (b"/" + path).endswith(place) and pattern.search(data):
                return what
    if _is_env(name) and _ENV.search(data):
        return "secrets of an .env file"
    for word, pattern, what in _WORDS:
        if word in data and pattern.search(data):
            return what
    return ""


def by_name(path: bytes, name: bytes) -> str:
    """What a file that is not looked into seems to be; empty: no secret."""
    kind = name.rpartition(b".")[2]
    if (
        kind in _STORES
        and name != kind
        and not _OTHERS.search(path)
        and b"trust" not in name
        and b"cacerts" not in name
    ):
        return "a key store"
    return ""


def _is_env(name: bytes) -> bool:
    if name != b".env" and not name.startswith(b".env.") and not name.endswith(b".env"):
        return False
    return not name.endswith(_PATTERN)
