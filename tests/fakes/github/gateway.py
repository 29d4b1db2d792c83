"""From a request to an answer: who asks, may they, is it well formed, what does it do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from fakes.github import description
from fakes.github.calls import OPERATIONS, Answer, Call, RefusedError
from fakes.github.operations.contents import archive
from fakes.github.state import Repository, Token

if TYPE_CHECKING:
    from fakes.github.fake import GitHub

JSON = "application/json; charset=utf-8"
VIEWER = re.compile(r"\s*(query\s*\w*\s*)?\{\s*viewer\s*\{\s*login\s*\}\s*\}\s*")
# https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#user-agent-required
NAMELESS = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header."
DENIED = "Resource not accessible by integration"


@dataclass
class Request:
    """A request as it arrived, below the base path; `web`: the address it was sent to."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    web: str
    login: str = ""

    @property
    def document(self) -> Any:
        """The body as JSON, None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Reply:
    """An answer as bytes, and the ids of what the request created."""

    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes
    created: tuple[int | str, ...] = ()


def answered(fake: GitHub, request: Request) -> Reply:
    """Carry out a request, under the fake's lock; every deviation is recorded."""
    with fake.lock:
        created: list[int | str] = []
        found = None
        try:
            token = _token(fake, request)
            if request.path == "/graphql":
                answer = _graphql(fake, request, token)
            else:
                found, path = _route(fake, request)
                answer = _operated(fake, request, (found, path), token, created)
        except RefusedError as refused:
            answer = _in_form(refused.answer, found)
            if refused.is_violation:
                record(fake, "rule", request, f"{refused}: {refused.errors}")
        reply = _bytes(answer, tuple(created))
        if found is not None and not isinstance(answer.body, bytes):
            problems = description.answer_problems(found, request.method, reply.status, reply.content_type, reply.body)
            fake.broken += [f"{request.method} {request.path} → {reply.status}: {text}" for text in problems]
        return reply


def download(fake: GitHub, path: str) -> Reply:
    """An archive, below `/codeload/`."""
    found = re.fullmatch(r"/codeload/([^/]+/[^/]+)/legacy\.tar\.gz/(\w+)", path)
    repository = fake.state.repositories.get(found[1].lower()) if found else None
    packed = archive(repository, found[2]) if found and repository else None
    if packed is None:
        return Reply(404, "text/plain; charset=utf-8", {}, b"404: Not Found")
    return Reply(200, "application/x-gzip", {}, packed)


def record(fake: GitHub, kind: str, request: Request, text: str) -> None:
    """Note what a correct client does not do."""
    from fakes.github.fake import Violation

    fake.violations.append(Violation(kind, request.method, request.path, text))


def _token(fake: GitHub, request: Request) -> Token | None:
    """Whose token it is; RefusedError 401 for one that nobody knows, 403 for a client that does not say its name."""
    if not request.headers.get("User-Agent"):
        raise RefusedError(403, NAMELESS, is_violation=True)
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if not kind:
        return None
    token = fake.state.tokens.get(value) if kind.lower() in {"bearer", "token"} else None
    if token is None:
        raise RefusedError(401, "Bad credentials")
    request.login = token.login
    return token


def _graphql(fake: GitHub, request: Request, token: Token | None) -> Answer:
    """The one question GraphQL is asked: whose token is it?"""
    if token is None:
        raise RefusedError(401, "This endpoint requires you to be authenticated.")
    query = (request.document or {}).get("query", "")
    if request.method != "POST" or not VIEWER.fullmatch(query):
        record(fake, "description", request, f"GraphQL query {query!r} is not known to the fake")
        return Answer(200, {"errors": [{"message": "unknown query"}]})
    return Answer(200, {"data": {"viewer": {"login": token.login}}})


def _route(fake: GitHub, request: Request) -> tuple[description.Route, str]:
    """The operation and its path; links that name a repository by number are understood."""
    path = request.path
    number = re.match(r"/repositories/(\d+)", path)
    if number:
        named = {repository.id: name for name, repository in fake.state.repositories.items()}
        path = f"/repos/{named.get(int(number[1]), 'gone/gone')}{path[number.end() :]}"
    found = description.route(request.method, path)
    if found is None or found.operation not in OPERATIONS:
        record(fake, "description", request, "no such operation in the description")
        raise RefusedError(404, "Not Found")
    return found, path


def _operated(
    fake: GitHub, request: Request, place: tuple[description.Route, str], token: Token | None, created: list[int | str]
) -> Answer:
    found, path = place
    repository = _repository(fake, found.parameters)
    operation = OPERATIONS[found.operation]
    if repository is None:
        raise RefusedError(404, "Not Found")
    _permitted(repository, operation.needs, token)
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    _well_formed(fake, request, found)
    call = Call(
        fake.state, repository, request.login, token or Token(), request.web, request.web + fake.base_path, path,
        found.parameters, query, request.headers.get("Accept", ""), request.document or {}, created,
    )  # fmt: skip
    answer = operation.handle(call)
    if call.foreign:
        record(fake, "foreign", request, f"{request.login} changed what {call.foreign} wrote")
    return answer


def _repository(fake: GitHub, parameters: Mapping[str, str]) -> Repository | None:
    """The repository of a path; of an owner's packages, the first that the owner has."""
    if "repo" in parameters:
        return fake.state.repositories.get(f"{parameters['owner']}/{parameters['repo']}".lower())
    owner = parameters.get("org") or parameters["username"]
    named = fake.state.repositories.items()
    return next((one for name, one in named if name.startswith(f"{owner.lower()}/")), None)


def _permitted(repository: Repository, needs: str, token: Token | None) -> None:
    """What a token may not do is refused before the content is looked at; anybody may read what is public.

    https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible
    """
    is_open = not repository.is_private and needs.endswith(": read") and not needs.startswith("security-events")
    if is_open or needs.startswith("metadata"):
        return
    if token is None:
        raise RefusedError(401 if needs.endswith("write") else 404, "Requires authentication")
    if not token.may(needs):
        wanted = "; ".join(item.strip().replace("-", "_").replace(": ", "=") for item in needs.split("|"))
        raise RefusedError(403, DENIED, headers={"X-Accepted-GitHub-Permissions": wanted})


def _well_formed(fake: GitHub, request: Request, found: description.Route) -> None:
    if request.body and request.document is None:
        record(fake, "description", request, "the body is not JSON")
        raise RefusedError(400, "Problems parsing JSON")
    kind = request.headers.get("Content-Type", "").lower()
    problems = description.request_problems(found, request.method, request.query, kind, request.body)
    for text in problems:
        record(fake, "description", request, text)
    if problems:
        raise RefusedError(422, "Invalid request.", [{"code": "invalid", "message": text} for text in problems])


def _in_form(answer: Answer, found: description.Route | None) -> Answer:
    """A refusal as the operation shows it: a few have errors that are texts, the others errors that are objects."""
    form = found.spec["responses"].get("422", {}).get("$ref", "") if found else ""
    if not form.endswith("_simple") or "errors" not in answer.body:
        return answer
    errors = [error["message"] if isinstance(error, dict) else error for error in answer.body["errors"]]
    return Answer(answer.status, {**answer.body, "errors": errors}, answer.headers)


def _bytes(answer: Answer, created: tuple[int | str, ...]) -> Reply:
    if isinstance(answer.body, bytes):
        return Reply(answer.status, "application/vnd.github.raw; charset=utf-8", answer.headers, answer.body, created)
    body = b"" if answer.body is None else json.dumps(answer.body).encode()
    return Reply(answer.status, JSON, answer.headers, body, created)
