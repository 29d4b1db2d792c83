"""The module proxy of the tests: real Go accepts what it serves."""

from __future__ import annotations

import subprocess
from pathlib import Path

from support.moduleproxy import ModuleProxy


def test_go_downloads_and_agrees_with_the_hashes(tmp_path: Path) -> None:
    """Real `go mod tidy` takes a module from the proxy and writes the go.sum that the proxy computes."""
    key = "example.com/Upper/a@v1.2.3"
    proxy = ModuleProxy(tmp_path / "p", {key: {"a.go": b"package a\n\nconst N = 1\n"}})
    main = tmp_path / "main"
    main.mkdir()
    (main / "go.mod").write_text("module example.com/main\n\ngo 1.21\n")
    (main / "main.go").write_text('package main\n\nimport _ "example.com/Upper/a"\n\nfunc main() {}\n')
    subprocess.run(["go", "mod", "tidy"], cwd=main, env=proxy.env(), check=True, capture_output=True)
    assert (main / "go.sum").read_text() == proxy.sum_text(key)
    assert proxy.cached_zip(key).is_file()
    assert (proxy.cached_dir(key) / "a.go").is_file()
