"""Dockerfiles are read from the checkout; what is none is told, unless its name says that it is something else."""

from __future__ import annotations

from pathlib import Path

from go_release_gate.engine.dockerfile_reading import read_dockerfiles


def test_read(tmp_path: Path) -> None:
    """Good ones by path, broken ones with a notice, templates and links left out, the ignore file that counts."""
    (tmp_path / "Dockerfile").write_bytes(b"FROM a\r\n")
    (tmp_path / "Dockerfile.broken").write_text("FROM a\nRUNN x\n")
    (tmp_path / "Dockerfile.tmpl").write_text("{{ if }}\n")
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "Dockerfile").write_text("FROM b")
    (tmp_path / "api" / "Dockerfile.dockerignore").write_text("*")
    (tmp_path / "Dockerfile.link").symlink_to("/etc/passwd")
    notices: list[str] = []
    names = [
        "api/Dockerfile",
        "Dockerfile",
        "Dockerfile.broken",
        "Dockerfile.tmpl",
        "Dockerfile.link",
        "Dockerfile.gone",
    ]
    found = read_dockerfiles(tmp_path, names, notices)
    assert [(file.path, file.ignore) for file in found.files] == [
        ("Dockerfile", ""),
        ("api/Dockerfile", "api/Dockerfile.dockerignore"),
    ]
    assert [(one.path, one.line) for one in found.broken] == [("Dockerfile.broken", 2)]
    assert len(notices) == 2
    assert "Dockerfile.broken:2: not read: unknown instruction `RUNN`" in notices
