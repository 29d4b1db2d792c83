"""Uploads of SARIF: https://docs.github.com/en/rest/code-scanning/code-scanning."""

from __future__ import annotations

import json
import uuid

from fakes.github import rules
from fakes.github.calls import Answer, Call, RefusedError, serves
from fakes.github.state import Sarif

OFF = "Advanced Security must be enabled for this repository to use code scanning."


@serves("code-scanning/upload-sarif", "security-events: write")
def upload(call: Call) -> Answer:
    """Take an upload; GitHub looks into it afterwards."""
    if not call.repository.code_scanning:
        raise RefusedError(403, OFF)
    if rules.is_large_sarif(call.body["sarif"]):
        raise RefusedError(413, "The SARIF ZIP upload is too large", is_violation=True)
    rules.enforce(rules.sarif(call.body), status=400, message="Invalid request.")
    if call.body["commit_sha"] not in call.repository.commits:
        raise RefusedError(404, "commit not found", is_violation=True)
    identity = str(uuid.UUID(int=call.state.next_id()))
    call.created.append(identity)
    document = json.loads(rules.unpacked(call.body["sarif"]))
    sarif = Sarif(identity, call.body["commit_sha"], call.body["ref"], document)
    call.repository.sarifs[identity] = sarif
    return Answer(202, {"id": identity, "url": f"{call.root}/code-scanning/sarifs/{identity}"})


@serves("code-scanning/get-sarif", "security-events: read")
def get(call: Call) -> Answer:
    """How far GitHub is with an upload."""
    identity = call.parameters["sarif_id"]
    if identity not in call.repository.sarifs or call.state.is_hidden(identity):
        raise RefusedError(404, "Not Found")
    sarif = call.repository.sarifs[identity]
    sarif.reads += 1
    if sarif.reads <= call.repository.sarif_reads:
        return Answer(200, {"processing_status": "pending"})
    if call.repository.sarif_errors:
        return Answer(200, {"processing_status": "failed", "errors": list(call.repository.sarif_errors)})
    analyses = f"{call.root}/code-scanning/analyses?sarif_id={identity}"
    return Answer(200, {"processing_status": "complete", "analyses_url": analyses})
