"""Getting in: from a registry's challenge to the header that answers it.

https://distribution.github.io/distribution/spec/auth/token/ and .../oauth/ describe the token service.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode, urlsplit

from go_release_gate.adapters.registry import challenges
from go_release_gate.adapters.registry.answers import Answer
from go_release_gate.adapters.registry.asking import Asker
from go_release_gate.adapters.registry.challenges import Challenge
from go_release_gate.adapters.registry.credentials import example
from go_release_gate.adapters.registry.errors import DeniedError, RegistryError
from go_release_gate.adapters.registry.logins import Login, Logins
from go_release_gate.adapters.registry.places import Place, refusal
from go_release_gate.adapters.registry.wire import USER_AGENT, Ask

TOKEN_LIMIT = 1 << 20  # bytes of a token service's answer
FORM = "application/x-www-form-urlencoded"
PULL = "pull"
ACTIONS = {"POST": "pull,push", "PUT": "pull,push", "PATCH": "pull,push", "DELETE": "pull,delete"}
"""What a token must allow, by method. Some registries' challenges name `pull` alone, whatever was asked."""


@dataclass(slots=True)
class Access:
    """Asks registries with the login that each wants; what let us in once is used again.

    Only a challenge of the registry itself is answered, never one of whom it redirects to: that host would choose where
    the login goes (CVE-2020-15157 of another client).
    """

    asker: Asker
    logins: Logins
    _headers: dict[tuple[str, str, str], str] = field(default_factory=dict, repr=False)
    _refused: set[tuple[str, str]] = field(default_factory=set, repr=False)
    _used: dict[tuple[str, str], Login] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(self, place: Place, path: str, ask: Ask) -> Answer:
        """The answer to `ask`, about the repository `path` of `place`, with whatever login it takes.

        Raises:
            DeniedError: there is no login that is let in. RegistryError: the token service gave no usable answer.
        """
        key = (place.domain, path, ACTIONS.get(ask.method, PULL))
        known = self._headers.get(key, "")
        answer = self.asker.ask(place, _with(ask, known))
        if known and _is_refusal(place, answer):
            # it may have expired; and where a token is given, GitHub's registry refuses without a challenge
            self._headers.pop(key, None)
            answer = self.asker.ask(place, ask)
        if not _is_refusal(place, answer):
            return answer
        login = self._login(place, path)
        if answer.status == 401:
            answer, login = self._enter(place, path, ask, answer, login)
        if _is_refusal(place, answer):
            raise denied(place, path, login, answer, ask.method)
        return answer

    def secrets(self, place: Place, path: str) -> tuple[str, ...]:
        """What no message about a repository may show."""
        login = self._used.get((place.domain, path))
        headers = [
            self._headers.get((place.domain, path, actions), "").partition(" ")[2]
            for actions in {PULL, *ACTIONS.values()}
        ]
        return tuple(secret for secret in (login.secret if login else "", *headers) if secret)

    def _enter(
        self, place: Place, path: str, ask: Ask, refusal_: Answer, login: Login | None
    ) -> tuple[Answer, Login | None]:
        """Answer the challenge and ask again; a login that was only offered is left away where it is refused."""
        try:
            answer = self._asked_again(place, path, ask, refusal_, login)
        except DeniedError:
            if not login or not login.is_offered:
                raise
            answer = refusal_
        if login and login.is_offered and _is_refusal(place, answer):
            self._refused.add((place.domain, path))
            login = None
            answer = self._asked_again(place, path, ask, refusal_, login)
        return answer, login

    def _asked_again(self, place: Place, path: str, ask: Ask, refusal_: Answer, login: Login | None) -> Answer:
        header = self._header(place, path, refusal_, login, ask.method)
        answer = self.asker.ask(place, _with(ask, header))
        if not _is_refusal(place, answer):
            with self._lock:
                self._headers[place.domain, path, ACTIONS.get(ask.method, PULL)] = header
        return answer

    def _login(self, place: Place, path: str) -> Login | None:
        key = (place.domain, path)
        login = self.logins.find(*key)
        if login is None or (login.is_offered and key in self._refused):
            return None
        self._used[key] = login
        return login

    def _header(self, place: Place, path: str, answer: Answer, login: Login | None, method: str) -> str:
        """The Authorization header that answers a challenge: a token where tokens are given, else the login itself."""
        given = {challenge.scheme: challenge for challenge in reversed(challenges.read(answer.challenges))}
        if "bearer" in given:
            return f"Bearer {self._token(place, path, given['bearer'], login, method)}"
        if "basic" in given and login and not login.is_identity:
            return login.basic
        raise denied(place, path, login, answer, method)

    def _token(self, place: Place, path: str, challenge: Challenge, login: Login | None, method: str) -> str:
        realm = challenge.realm
        why = refusal(place, realm)
        if why:
            raise RegistryError(f"{place.domain} names a token service that is not asked: {why}")
        ask = _token_ask(path, challenge, login, method)
        service = Place(urlsplit(realm).netloc, realm.startswith("http://"), place.insecure)
        answer = self.asker.ask(service, ask)
        if answer.status in (400, 401, 403, 404) and (login or answer.status in (401, 403)):
            raise denied(place, path, login, answer, method)
        token = _read_token(answer)
        if not token:
            said = "no token" if 200 <= answer.status < 300 else answer.said
            raise RegistryError(f"the token service of {place.domain} gave no usable answer: {said}")
        return token


def denied(place: Place, path: str, login: Login | None, answer: Answer, method: str = "GET") -> DeniedError:
    """What a refusal means for the user, and the line that would mend it."""
    status = f"HTTP {answer.status}" if answer.status else "no answer"
    if login is None:
        line = (
            f"set {example(place.domain)} (a step in a container does not see what `docker login` left on the runner)"
        )
        return DeniedError(f"{place.domain} refuses {path} without a login ({status})", line, answer.said)
    told = f"{place.domain} refuses the login of {login.origin} for {path} ({status})"
    may = "delete from" if method == "DELETE" else "write to" if method in ACTIONS else "read"
    line = f"it is wrong, has expired or may not {may} {path}; check {example(place.domain)}"
    return DeniedError(told, line, answer.said)


def _token_ask(path: str, challenge: Challenge, login: Login | None, method: str = "GET") -> Ask:
    """What to send to the token service: https://distribution.github.io/distribution/spec/auth/token/#requesting-a-token"""
    scopes = _scopes(path, challenge, method)
    service = challenge.parameters.get("service", "")
    headers = {"Accept": "application/json"}
    if login and login.is_identity:
        form = {"grant_type": "refresh_token", "service": service, "client_id": USER_AGENT}
        body = urlencode({**form, "scope": " ".join(scopes), "refresh_token": login.secret})
        return Ask("POST", challenge.realm, {**headers, "Content-Type": FORM}, body.encode(), TOKEN_LIMIT)
    query = urlencode(
        [*([("service", service)] if service else []), *(("scope", scope) for scope in scopes)], safe=":/,*"
    )
    joint = "&" if urlsplit(challenge.realm).query else "?"
    if login:
        headers["Authorization"] = login.basic
    return Ask("GET", f"{challenge.realm.partition('#')[0]}{joint}{query}", headers, limit=TOKEN_LIMIT)


def _scopes(path: str, challenge: Challenge, method: str) -> list[str]:
    """The challenge's scopes, with the actions of the method among those of the repository."""
    scopes = challenge.parameters.get("scope", "").split() or [f"repository:{path}:pull"]
    if method not in ACTIONS:
        return scopes
    own = f"repository:{path}:"
    told = [action for scope in scopes if scope.startswith(own) for action in scope.removeprefix(own).split(",")]
    actions = dict.fromkeys([*ACTIONS[method].split(","), *told])
    return [f"{own}{','.join(actions)}", *(scope for scope in scopes if not scope.startswith(own))]


def _read_token(answer: Answer) -> str:
    """`token`, or `access_token` as OAuth calls it; nothing that could not stand in a header."""
    document = answer.document if 200 <= answer.status < 300 else None
    if not isinstance(document, dict):
        return ""
    token = document.get("token") or document.get("access_token")
    return token if isinstance(token, str) and token.isascii() and token.isprintable() and " " not in token else ""


def _with(ask: Ask, header: str) -> Ask:
    return replace(ask, headers={**ask.headers, "Authorization": header}) if header else ask


def _is_refusal(place: Place, answer: Answer) -> bool:
    """Whether the registry itself, not one whom it leads to, wants another login."""
    return answer.status in (401, 403) and answer.url.lower().startswith(f"{place.origin.lower()}/")
