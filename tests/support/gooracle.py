"""The Go toolchain's own parsers behind a pipe: what Go makes of a go.mod, a version, a .go file.

The sources come from the GOROOT of the `go` on PATH, are copied beside a small main program and compiled without any
network. One process answers questions in turn: a line of JSON in, a line of JSON out.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("gooracle.go.txt")
_GO_MOD = """module oracle

go 1.24

require golang.org/x/mod v0.0.0

replace golang.org/x/mod => ./xmod
"""
_LOCAL = {b'"cmd/go/internal/cfg"': b'"oracle/cfg"', b'"internal/syslist"': b'"oracle/syslist"'}
_CFG = 'package cfg\n\nimport "go/build"\n\nvar BuildContext = build.Default\n'


class GoOracle:
    """A running oracle. `ask` gives what the named question of gooracle.go.txt answers."""

    def __init__(self, folder: Path) -> None:
        root = Path(_output("go", "env", "GOROOT"))
        _copy_sources(root, folder)
        subprocess.run(["go", "build", "-o", "oracle", "."], cwd=folder, check=True, env=None)
        self._process = subprocess.Popen([folder / "oracle"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, question: str, *texts: str | bytes) -> Any:
        """The answer to one question about some texts; `{"error": …}` where Go refuses."""
        raw = [text.encode() if isinstance(text, str) else text for text in texts]
        request = {"question": question, "args": [base64.b64encode(text).decode() for text in raw]}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _copy_sources(root: Path, folder: Path) -> None:
    mod = root / "src/cmd/vendor/golang.org/x/mod"
    for name in ("modfile", "module", "semver", "internal/lazyregexp", "sumdb/dirhash"):
        shutil.copytree(mod / name, folder / "xmod" / name)
    (folder / "xmod/go.mod").write_text("module golang.org/x/mod\n\ngo 1.24\n")
    for name in ("read.go", "build.go"):
        _copy_go(root / "src/cmd/go/internal/imports" / name, folder / "imports" / name)
    for file in (root / "src/internal/syslist").glob("*.go"):
        _copy_go(file, folder / "syslist" / file.name)
    (folder / "cfg").mkdir()
    (folder / "cfg/cfg.go").write_text(_CFG)
    (folder / "go.mod").write_text(_GO_MOD)
    (folder / "main.go").write_bytes(PROGRAM.read_bytes())


def _copy_go(source: Path, target: Path) -> None:
    data = source.read_bytes()
    for old, new in _LOCAL.items():
        data = data.replace(old, new)
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(data)
