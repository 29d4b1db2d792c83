"""The h1: hashes of verify against Go's own dirhash, over the same files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from go_release_gate.facts.hashing import Work, hash_one
from support.gooracle import GoOracle

PREFIX = "example.com/M@v1.0.0"
names = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="/"), min_size=1, max_size=8
)
parts = st.lists(names.filter(lambda name: name not in {".", ".."}), min_size=1, max_size=3)
trees = st.dictionaries(parts.map("/".join), st.binary(max_size=100), max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees)
def test_go_hashes_zips_and_directories_the_same(
    oracle: GoOracle, tmp_path_factory: pytest.TempPathFactory, tree: dict[str, bytes]
) -> None:
    """Any names and contents: the zip, and the directory it was extracted to."""
    folder = tmp_path_factory.mktemp("tree")
    archive, directory = folder / "m.zip", folder / "m"
    directory.mkdir()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in tree.items():
            file.writestr(f"{PREFIX}/{name}", data)
    assert hash_one(Work("zip", str(archive))).hash == oracle.ask("hashzip", str(archive))
    if write(directory, tree):
        assert hash_one(Work("dir", str(directory), PREFIX)).hash == oracle.ask("hashdir", str(directory), PREFIX)


def write(directory: Path, tree: dict[str, bytes]) -> bool:
    """Write the files; False where one name is another's directory."""
    try:
        for name, data in tree.items():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_bytes(data)
    except OSError:
        return False
    return True
