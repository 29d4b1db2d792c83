"""Over generated documents: nothing but the scalar changes, whatever stands around it."""

from __future__ import annotations

import itertools
import re
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from go_release_gate.errors import RefusedError
from go_release_gate.gitops.document import read
from go_release_gate.gitops.moving import edited, uses_of
from go_release_gate.gitops.scalar import is_text_when_plain, replaced
from go_release_gate.gitops.use import Wish

OLD, NEW, OTHER = (f"sha256:{digit * 64}" for digit in "abc")
WISH = Wish(("ghcr.io/acme/shop",), NEW)

words = st.text(st.sampled_from("abcxyz019-_./é ☃"), min_size=1, max_size=8).filter(lambda text: text == text.strip())
comments = st.sampled_from(["", "  # why", f" # was {OTHER}", " # image: ghcr.io/acme/shop"])
scalars = st.one_of(
    st.sampled_from(["1.10", "yes", "0o17", "~", "a: b", "it's", '"', "", "*a", "&a", "!x", "# no", "{", "- x"]),
    words,
)


@st.composite
def written(draw: st.DrawFn, text: str, *, in_flow: bool = False, plain: bool = False) -> str:
    """A text in one of YAML's styles."""
    style = draw(st.sampled_from("'\"p" if plain else "'\""))
    front = "" if in_flow else draw(st.sampled_from(["", "", "&anchor ", "!!str ", "&anchor !!str "]))
    if style == "p":
        return front + text
    inner = text.replace("'", "''") if style == "'" else text.replace("\\", "\\\\").replace('"', '\\"')
    return f"{front}{style}{inner}{style}"


@st.composite
def noise(draw: st.DrawFn, indent: str, keys: str) -> list[str]:
    """A few lines of other keys at an indentation."""
    lines = []
    for number in range(draw(st.integers(0, 3))):
        key = f"{keys}{number}"
        kind = draw(st.sampled_from(["text", "flow", "list", "block", "comment", "empty"]))
        if kind == "text":
            lines.append(f"{indent}{key}: {draw(written(draw(scalars)))}{draw(comments)}")
        elif kind == "flow":
            inner = ", ".join(draw(st.lists(scalars.flatmap(lambda one: written(one, in_flow=True)), max_size=3)))
            lines.append(f"{indent}{key}: [{inner}]{draw(comments)}")
        elif kind == "list":
            deeper = draw(st.sampled_from(["", "  ", "   "]))
            lines += [f"{indent}{key}:{draw(comments)}", f"{indent}{deeper}- {draw(written(draw(scalars)))}"]
        elif kind == "block":
            lines += [f"{indent}{key}: {draw(st.sampled_from(['|', '>-', '|+']))}", f"{indent}  image: x", ""]
        elif kind == "comment":
            lines.append(draw(st.sampled_from(["", f"{indent}# a note", "# at the margin"])))
        else:
            lines.append(f"{indent}{key}:{draw(comments)}")
    return lines


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A pod among noise; its image is written once, somehow."""
    step = draw(st.sampled_from([" ", "  ", "    "]))
    dash = draw(st.sampled_from(["", step]))
    image = f"ghcr.io/acme/shop{draw(st.sampled_from(['', ':main']))}@{OLD}"
    lines = ["apiVersion: v1", *draw(noise("", "a")), "kind: Pod", "spec:", *draw(noise(step, "b"))]
    if draw(st.booleans()):
        shown = draw(written(image, in_flow=True, plain=True))
        lines.append(f"{step}containers: [ {{name: x}}, {{ image: {shown} , name: y}} ]{draw(comments)}")
    else:
        item = f"{step}{dash}- "
        lines += [f"{step}containers:", f"{item}name: x", *draw(noise(" " * len(item), "c"))]
        lines.append(f"{' ' * len(item)}image: {draw(written(image, plain=True))}{draw(comments)}")
    lines += [*draw(noise(step, "d")), *draw(st.sampled_from([[], ["---", "other: [document]"], ["..."]]))]
    text = draw(st.sampled_from(["\n", "\r\n"])).join(lines)
    count = itertools.count()
    text = re.sub("&anchor", lambda _: f"&anchor{next(count)}", text)
    bom = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return bom + (text + draw(st.sampled_from(["", "\n"]))).encode()


def leaves(node: Any, place: str = "") -> dict[str, str]:
    """Path → text of every scalar of a composed tree."""
    if isinstance(node, yaml.ScalarNode):
        return {place: f"{node.tag} {node.value}"}
    pairs = node.value if isinstance(node, yaml.MappingNode) else enumerate(node.value)
    return {
        path: text
        for key, value in pairs
        for path, text in leaves(value, f"{place}/{getattr(key, 'value', key)}").items()
    }


@settings(deadline=None)
@given(documents())
def test_one_scalar_and_nothing_else_changes(data: bytes) -> None:
    """The bytes are those of before with the image's text replaced; the trees differ in that one leaf."""
    made = edited({"pod.yaml": data}, WISH)

    old = f"shop:main@{OLD}" if b"shop:main@" in data else f"shop@{OLD}"
    assert made.files["pod.yaml"] == data.replace(old.encode(), f"shop@{NEW}".encode())
    before, after = (
        {
            f"{number}{path}": text
            for number, tree in enumerate(yaml.compose_all(one))
            for path, text in leaves(tree).items()
        }
        for one in (data, made.files["pod.yaml"])
    )
    assert [path for path in before if before[path] != after[path]] == [f"0/spec/containers/{_index(data)}/image"]
    assert before.keys() == after.keys()
    assert [use.shown for use in uses_of(made.files, WISH.repositories)] == [("", NEW)]


def _index(data: bytes) -> int:
    return 1 if b"{name: x}" in data else 0


@settings(deadline=None)
@given(st.text(st.sampled_from("0123456789abcdefox._-+:eEyYnN"), min_size=1, max_size=8))
def test_what_stays_plain_is_a_text_to_every_reader(text: str) -> None:
    """A plain text that is kept plain is a text by YAML 1.1, by YAML 1.2, and by the looser numbers of Go's readers."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if not is_text_when_plain(text) or text[0] in "-.+:" or text.endswith(":"):
        return
    assert yaml.compose(text).tag == "tag:yaml.org,2002:str"
    try:
        assert isinstance(YAML(typ="safe", pure=True).load(text), str)
    except YAMLError:
        raise AssertionError(text) from None


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text("&*a:[]{}<-\n '\"|#!%", max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No file raises anything but a refusal with its path."""
    try:
        source = read("x.yaml", data)
        scalars = [node for one in source.documents for _, node in one.walk() if node.kind == "scalar"]
        for node in scalars[:2]:
            replaced(source, {node: NEW})
    except RefusedError as error:
        refused = error.message
    else:
        refused = "x.yaml"
    assert refused.startswith("x.yaml")
