"""YAML read as 1.2, with lines, within bounds."""

from __future__ import annotations

import pytest

from go_release_gate.config.yamlfile import DEPTH_LIMIT, NODE_LIMIT, SIZE_LIMIT, read_yaml
from go_release_gate.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("1:30", "1:30"),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("2026-01-02", "2026-01-02"),
        ("1.20", 1.2),
        ("1e3", 1000.0),
        ("True", True),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ("!!str 1", "1"),
        ("<<", "<<"),
        ("=", "="),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    """Plain scalars are what YAML 1.2 says, not what 1.1 said; quoted and tagged ones are text."""
    assert read_yaml(f"a: {text}\n".encode(), "f").value == {"a": value}


def test_lines_of_keys_and_entries() -> None:
    """Each key and each entry knows its line, blocks and flows alike; what has none takes its parent's."""
    read = read_yaml(b"a: 1\nb:\n  - x\n  -\n    c: {d: 2,\n     e: 3}\n", "f")

    assert read.value == {"a": 1, "b": ["x", {"c": {"d": 2, "e": 3}}]}
    assert [read.line(path) for path in [("a",), ("b",), ("b", 1), ("b", 1, "c", "e"), ("b", 1, "zzz")]] == [
        1,
        2,
        5,
        6,
        5,
    ]


@pytest.mark.parametrize("data", [b"", b"\n# nothing\n", b"---\n", b"\xef\xbb\xbf", b"--- # x\n...\n"])
def test_empty_files_are_fine(data: bytes) -> None:
    """A file without content has no value."""
    assert read_yaml(data, "f").value is None


def test_a_byte_order_mark_and_carriage_returns_are_fine() -> None:
    """A file saved on Windows reads the same."""
    assert read_yaml(b"\xef\xbb\xbfa: 1\r\nb: x\r\n", "f").value == {"a": 1, "b": "x"}


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"a: 1\nb: 2\na: 3\n", 3, "'a' is given twice, first on line 1"),
        (b"a:\n  b: 1\n  b: 2\n", 3, "'b' is given twice"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        (b"a: 1\nb: [1\nc: 2\n", 3, "not valid YAML"),
        (b"a: 1\n\tb: 2\n", 2, "not valid YAML"),
        (b"a: \x01\n", 1, "not valid YAML"),
        (b"a: 1\n---\nb: 2\n", 2, "more than one document"),
        (b"a: !!python/object/apply:os.system [ls]\n", 1, "tag .* is not supported"),
        (b"a: !!binary aGk=\n", 1, "tag .* is not supported"),
        (b"a: *x\n", 1, "alias"),
        (b"? [a]\n: 1\n", 1, "a key must be plain text"),
        (b"a: &x [*x]\n", 1, "alias"),
        (b"x: 1\na: " + b"[" * (DEPTH_LIMIT + 2), 2, "nested deeper"),
        (b"a: " + b"[" * 200_000, 1, "nested deeper"),
        (b"a: [" + b"1," * NODE_LIMIT + b"1]", 1, f"more than {NODE_LIMIT} values"),
        (b"#" * (SIZE_LIMIT + 1), None, "larger than 256 KiB"),
    ],
)
def test_faults_have_their_line(data: bytes, line: int | None, message: str) -> None:
    """Each fault is one ConfigError with the line it is on."""
    with pytest.raises(ConfigError, match=message) as caught:
        read_yaml(data, "f.yml")

    assert (caught.value.path, caught.value.line) == ("f.yml", line)


def test_aliases_work_and_bombs_do_not() -> None:
    """An alias stands for its anchor's value; aliases of aliases count as often as they unfold."""
    assert read_yaml(b"a: &x [1, 2]\nb: *x\n", "f").value == {"a": [1, 2], "b": [1, 2]}
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))

    with pytest.raises(ConfigError, match="aliases counted"):
        read_yaml(bomb.encode(), "f")
