"""A SARIF report handed to code scanning.

https://docs.github.com/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data
"""

from __future__ import annotations

import base64
import gzip
import re

from go_release_gate.adapters.github.api import Api, DeniedError, RejectedError

NEEDS = "security-events: write"
ZIPPED_LIMIT = 10_000_000  # bytes after gzip ("10 MB"): sarif-support-for-code-scanning, "Validating your SARIF file"
TOOL = "go-release-gate"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REF = re.compile(r"refs/(?:heads|tags)/.+|refs/pull/[0-9]+/(?:merge|head)")  # the interface's own pattern
_SWITCHED_OFF = re.compile(r"advanced security|code security|code scanning is not enabled", re.IGNORECASE)


def upload_sarif(api: Api, sarif_text: str, *, commit: str, ref: str) -> str:
    """Upload a report about `commit` on `ref`, and give the address (else the id) of its processing.

    The upload is repeated after a lost answer: of a second report with the same tool, category and commit the page
    sarif-support-for-code-scanning says that it overwrites the first, and ours is the same to the byte. Looking first
    would not tell: a report is listed only after it was processed, and an earlier run of the same commit looks alike.
    The refusal of one category twice in a workflow run is a check of GitHub's own upload action, not of the interface.

    Raises:
        RejectedError: too large, or no commit or ref that GitHub takes; also GitHub's own refusal.
        GitHubError: anything else; DeniedError also where the repository has no code scanning.
    """
    if not _COMMIT.fullmatch(commit) or not _REF.fullmatch(ref):
        raise RejectedError("code scanning takes a commit of 40 hex digits and a full ref (refs/heads/main)", 400)
    body = {"commit_sha": commit, "ref": ref, "sarif": _packed(sarif_text), "tool_name": TOOL}
    try:
        answer = api.write("POST", f"/repos/{api.repository}/code-scanning/sarifs", body, needs=NEEDS, repeatable=True)
    except DeniedError as error:
        raise _explained(error) from error
    return str(answer.get("url") or answer.get("id") or "")


def _packed(text: str) -> str:
    """The form GitHub wants: gzip, without a time so that the same report is the same bytes, then base64."""
    zipped = gzip.compress(text.encode("utf-8", "backslashreplace"), mtime=0)
    if len(zipped) > ZIPPED_LIMIT:
        raise RejectedError(
            f"the SARIF report has {len(zipped)} bytes after gzip, code scanning takes at most {ZIPPED_LIMIT}; "
            "judge fewer modules at a time or select fewer rules",
            413,
        )
    return base64.b64encode(zipped).decode("ascii")


def _explained(error: DeniedError) -> DeniedError:
    """A repository without code scanning is no matter of the token's permissions."""
    if not _SWITCHED_OFF.search(error.message):
        return error
    told = DeniedError("code scanning is not enabled for this repository")
    told.hint = "enable it under Settings > Code security (a private repository needs GitHub Code Security for it)"
    return told
