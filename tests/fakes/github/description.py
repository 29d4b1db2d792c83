"""GitHub's published description, applied to every request and every answer of the fake.

`openapi.json.gz` is cut from npm's @octokit/openapi by devtools/openapi.py. It is loaded once per process, at the first
request, because openapi-core takes most of a second to import.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

FILE = Path(__file__).with_name("openapi.json.gz")
HOST = "https://api.github.com"
# The description says integer; the interface says null for a comment whose line is no more (docs:
# content/rest/pulls/comments, and the nullable `line` of PullRequestReviewComment in the GraphQL schema).
NULL_WHEN_OUTDATED = ("line", "position", "start_line")


@dataclass(frozen=True)
class Route:
    """An operation of the description and the path parameters it was called with."""

    operation: str
    template: str
    parameters: Mapping[str, str]
    spec: Mapping[str, Any]


@cache
def document() -> dict[str, Any]:
    """The description."""
    whole: dict[str, Any] = json.loads(gzip.decompress(FILE.read_bytes()))
    _correct(whole)
    _allow_null(whole)
    return whole


def _correct(whole: dict[str, Any]) -> None:
    """Where GitHub's answers are known to be wider than the description."""
    schemas = whole["components"]["schemas"]
    for name in NULL_WHEN_OUTDATED:
        schemas["pull-request-review-comment"]["properties"][name]["nullable"] = True
    # A fork can be deleted; the webhooks' schema of a pull request says `nullable` for its `head.repo`.
    for name in ("pull-request", "pull-request-simple"):
        schemas[name]["properties"]["head"]["properties"]["repo"] = {"$ref": "#/components/schemas/nullable-repository"}
    # Pages are asked for as in the lists beside it; what is published leaves these parameters out.
    versions = "packages/{package_type}/{package_name}/versions"
    paged = [{"$ref": f"#/components/parameters/{name}"} for name in ("page", "per-page")]
    whole["paths"][f"/users/{{username}}/{versions}"]["get"]["parameters"] += paged
    # The discriminator is a key of objects; a folder's content is a list.
    contents = whole["paths"]["/repos/{owner}/{repo}/contents/{path}"]["get"]["responses"]["200"]["content"]
    del contents["application/json"]["schema"]["discriminator"]


def _allow_null(node: Any) -> None:
    """`nullable` next to `enum` means that null is one of them; read to the letter, OpenAPI 3.0 says it is not."""
    children = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and node.get("nullable") is True and isinstance(node.get("enum"), list):
        node["enum"].append(None)
    for child in children:
        _allow_null(child)


@cache
def example(name: str) -> str:
    """The text of one of the description's examples; of a list, the first item."""
    value = document()["components"]["examples"][name]["value"]
    return json.dumps(value[0] if isinstance(value, list) else value)


def route(method: str, path: str) -> Route | None:
    """The operation for a path, which is taken as it was sent (percent-encoded)."""
    for pattern, template, item in _routes():
        found = pattern.fullmatch(path)
        if found and method.lower() in item:
            spec = item[method.lower()]
            parameters = {name: unquote(value) for name, value in found.groupdict().items()}
            return Route(spec["operationId"], template, parameters, spec)
    return None


def request_problems(found: Route, method: str, query: str, content_type: str, body: bytes) -> list[str]:
    """What is wrong with a request, in the words of the description's validator; names it does not know included."""
    from openapi_core.exceptions import OpenAPIError

    asked = _Request(method.lower(), _encoded(found), query, content_type, body or None)
    try:
        _validator().validate_request(asked)
    except OpenAPIError as error:
        return [_words(error)]
    return [*_unknown_query(found, query), *_unknown_keys(found, body)]


def answer_problems(found: Route, method: str, status: int, content_type: str, body: bytes) -> list[str]:
    """What is wrong with an answer of ours. Refusals the description leaves out need a `message` at least."""
    from openapi_core.exceptions import OpenAPIError

    if str(status) not in found.spec["responses"]:
        is_refusal = status >= 400 and isinstance(json.loads(body).get("message"), str)
        return [] if is_refusal else [f"status {status} is not in the description of {found.operation}"]
    asked = _Request(method.lower(), _encoded(found), "", "application/json", None)
    try:
        _validator().validate_response(asked, _Response(status, content_type, body))
    except OpenAPIError as error:
        return [_words(error)]
    return []


@cache
def _validator() -> Any:
    from openapi_core import Config, OpenAPI

    return OpenAPI.from_dict(document(), config=Config(spec_validator_cls=None))


@cache
def _routes() -> list[tuple[re.Pattern[str], str, Mapping[str, Any]]]:
    def pattern(template: str) -> re.Pattern[str]:
        last = template.endswith("}") and not template.endswith("_id}") and not template.endswith("_number}")
        head, _, tail = template.rpartition("/")
        text = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", head) + "/"
        text += re.sub(r"\{(\w+)\}", r"(?P<\1>.+)" if last and head.count("/") > 2 else r"(?P<\1>[^/]+)", tail)
        return re.compile(text.replace("(?P<ref>[^/]+)/check-runs", "(?P<ref>.+)/check-runs"))

    return [(pattern(template), template, item) for template, item in document()["paths"].items()]


def _encoded(found: Route) -> str:
    values = {name: quote(value, safe="") for name, value in found.parameters.items()}
    return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], found.template)


def _words(error: BaseException) -> str:
    cause = error.__cause__ or error
    details = [
        f"{'/'.join(map(str, item.path))}: {_short(item.message)}" for item in getattr(cause, "schema_errors", ())
    ]
    return "; ".join(details) or f"{error} {cause if cause is not error else ''}"[:1000]


def _short(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:100]} … {text[-200:]}"


def _unknown_query(found: Route, query: str) -> Iterator[str]:
    shared = document()["components"]["parameters"]
    listed = [shared[item["$ref"].rpartition("/")[2]] if "$ref" in item else item for item in found.spec["parameters"]]
    known = {item["name"] for item in listed if item["in"] == "query"}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            yield f"query parameter {name!r} is not in the description of {found.operation}"
        if name == "per_page" and value.isdecimal() and int(value) > 100:
            yield f"per_page {value} is more than 100"


def _unknown_keys(found: Route, body: bytes) -> Iterator[str]:
    if "requestBody" in found.spec and body:
        schema = found.spec["requestBody"]["content"]["application/json"]["schema"]
        yield from _strangers(schema, json.loads(body), "")


def _strangers(schema: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _strangers(schema.get("items", {}), item, at)
    elif isinstance(value, dict) and "properties" in schema:
        for name, child in value.items():
            if name not in schema["properties"]:
                yield f"{at}{name} is not a key of the description"
            else:
                yield from _strangers(schema["properties"][name], child, f"{at}{name}.")


class _Request:
    host_url = HOST

    def __init__(self, method: str, path: str, query: str, content_type: str, body: bytes | None) -> None:
        from openapi_core.datatypes import RequestParameters
        from werkzeug.datastructures import ImmutableMultiDict

        self.method, self.path, self.content_type, self.body = method, path, content_type, body
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(query, keep_blank_values=True)), header={}, cookie={}, path={}
        )


@dataclass
class _Response:
    status_code: int
    content_type: str
    data: bytes

    @property
    def headers(self) -> dict[str, str]:
        return {}
