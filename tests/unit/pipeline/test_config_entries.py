"""Entries put into a configuration: at the end of their section, with every other byte as it was."""

from __future__ import annotations

import pytest
import yaml

from go_release_gate.pipeline.config_entries import with_entries

ENTRY = ("worker:\n  image: quay.io/a/w\n  module: .\n", {"worker": {"image": "quay.io/a/w", "module": "."}})
ITEM = ("- image: quay.io/a/w\n  module: .\n", [{"image": "quay.io/a/w", "module": "."}])
ADDED = "  worker:\n    image: quay.io/a/w\n    module: .\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("services:\n  web:\n    image: q\n", f"services:\n  web:\n    image: q\n{ADDED}"),
        ("services:\n  web:\n    image: q", f"services:\n  web:\n    image: q\n{ADDED}"),
        (
            "services: # ours\n  web:\n    image: q  # pinned\n\n# the rest\nledger: {}\n",
            f"services: # ours\n  web:\n    image: q  # pinned\n{ADDED}\n# the rest\nledger: {{}}\n",
        ),
        (
            "services:\n    web: {image: q,\n      module: .}\nledger:\n  ref: r\n",
            "services:\n    web: {image: q,\n      module: .}\n"
            + "".join(f"  {line}\n" for line in ADDED.splitlines())
            + "ledger:\n  ref: r\n",
        ),
        (
            "services:\n  web:\n    image: >-\n      q\n\nledger: {}\n",
            f"services:\n  web:\n    image: >-\n      q\n\n{ADDED}ledger: {{}}\n",
        ),
        (
            "services:\r\n  web:\r\n    image: q\r\nx: 1\r\n",
            "services:\r\n  web:\r\n    image: q\r\n" + ADDED.replace("\n", "\r\n") + "x: 1\r\n",
        ),
        ("\ufeffservices:\n  web:\n    image: 'q'\n", f"\ufeffservices:\n  web:\n    image: 'q'\n{ADDED}"),
    ],
)
def test_entries_stand_behind_the_last_one(before: str, after: str) -> None:
    """Comments, blank lines, quotes, line ends and a byte order mark stay."""
    found = with_entries(before.encode(), {"services": ENTRY})
    assert found is not None
    assert found.decode() == after


def test_lists_grow_too() -> None:
    """An item stands under the items before it, whether these are indented or not; both sections at once."""
    before = "images:\n- image: q\n  tags: [a,\n    b]\nservices:\n  web:\n    image: q\n"
    found = with_entries(before.encode(), {"images": ITEM, "services": ENTRY})
    assert found is not None
    assert found.decode() == (
        "images:\n- image: q\n  tags: [a,\n    b]\n- image: quay.io/a/w\n  module: .\n"
        f"services:\n  web:\n    image: q\n{ADDED}"
    )
    assert yaml.safe_load(found)["images"][1] == ITEM[1][0]


@pytest.mark.parametrize(
    "text",
    [
        "services: {web: {image: q}}\n",
        "services:\n",
        "services: {}\n",
        "other: 1\n",
        "services: [a]\n",
        "x: &a\n  image: q\nservices:\n  web: *a\n",
        "services:\n  worker:\n    image: q\n",
        "services:\n  web: [\n",
    ],
)
def test_what_cannot_be_done_safely_is_not_done(text: str) -> None:
    """Flow form, nothing there, an alias at the end, a name that is taken, broken YAML."""
    assert with_entries(text.encode(), {"services": ENTRY}) is None
