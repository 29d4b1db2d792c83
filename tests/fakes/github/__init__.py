"""A stateful GitHub on a real socket, held to GitHub's published OpenAPI description.

Every request and every answer is validated by openapi-core against `openapi.json.gz`; `rules.py` adds what the
description does not say. What a correct client would not do lands in `fake.violations`, and fails the test at its end.

    from fakes.github import faults
    # the fixture `github` is in tests/conftest.py; elsewhere: with GitHub() as github: …

    def test_it(github):
        pull = github.open_pull_request(7, "head", files={"go.mod": ("old\\n", "new\\n")}, fork=True, author="mona")
        client(github.api_url, token=github.token, repository="acme/shop")   # GITHUB_API_URL
        run = next(iter(github.repository.check_runs.values()))              # state.py: what there is to read
        assert run.head_sha == pull.head_sha and len(github.writes) <= 3     # github.requests: the log

- `GitHub(base_path="/api/v3")` is an Enterprise Server; `graphql_url` answers `{ viewer { login } }`.
- `restrict(checks="read")` takes permissions from the token; `add_token(name, login, permissions)` adds another.
- `commit(word, files)` and `push(number, head, files)` make commits (`sha_of(word)`); `push` outdates comments.
- `plan(faults.fine(), faults.lost(), faults.status(502).on("PATCH", "check-runs"))`: one fault a request, in order.
- `say(number, body, author)` and `reply(comment, body, author)`: what others write.
- `forgive("text")` takes expected violations back and returns them.
"""

from fakes.github.diffs import blob_sha, patch
from fakes.github.fake import Asked, GitHub, Violation
from fakes.github.state import BOT, Token, sha_of

__all__ = ["BOT", "Asked", "GitHub", "Token", "Violation", "blob_sha", "patch", "sha_of"]
