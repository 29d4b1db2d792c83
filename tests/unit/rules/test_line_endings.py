"""Edits of files with carriage returns: each line that is written ends as its neighbours do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import go_release_gate

GO = """package main

import (
	"net/http"
	"time"
)

var date string

func main() {
	http.Get("https://api.example.com/")
	println(time.LoadLocation("Europe/Berlin"))
	println(date)
}
"""
BUILDER = """FROM --platform=$BUILDPLATFORM golang:1.25 AS build
ARG TARGETARCH=amd64
COPY . .
RUN CGO_ENABLED=0 GOARCH=$TARGETARCH go build -o /shop .
"""
FILES = {
    "missing-ca-certificates": ("Dockerfile", f"{BUILDER}FROM scratch\nCOPY --from=build /shop /shop\n"),
    "missing-tzdata": ("Dockerfile", f"{BUILDER}FROM alpine:3.22\nCOPY --from=build /shop /shop\n"),
    "wrong-architecture": ("Dockerfile", f"{BUILDER}FROM scratch\nCOPY --from=build /shop /shop\n"),
    "nondeterministic-build-input": (
        ".goreleaser.yaml",
        "version: 2\nbuilds:\n  - ldflags:\n      - -X main.date={{.Date}}\n",
    ),
}


@pytest.mark.parametrize("rule", FILES)
def test_edits_keep_carriage_returns(rule: str, tmp_path: Path) -> None:
    """An edit of a file whose lines end in CR LF writes lines that do."""
    name, text = FILES[rule]
    (tmp_path / "go.mod").write_text("module example.com/shop\n\ngo 1.25\n")
    (tmp_path / "main.go").write_text(GO)
    (tmp_path / name).write_bytes(text.replace("\n", "\r\n").encode())

    command = [sys.executable, "-m", "go_release_gate", "check", "--offline", "--format", "json", "--select", rule]
    environment = {**os.environ, "PYTHONPATH": str(Path(go_release_gate.__file__).parents[1])}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, env=environment)
    fixes = [finding["fix"] for finding in json.loads(done.stdout)["findings"]]

    assert [edit["text"][-2:] for fix in fixes for edit in fix["edits"]] == ["\r\n"]
