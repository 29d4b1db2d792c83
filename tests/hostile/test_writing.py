"""A checkout's links lead no output elsewhere."""

from __future__ import annotations

import pytest

from hostile.conftest import Fork


@pytest.mark.parametrize("option", ["--output=r.json", "--report=json=r.json", "--write-baseline=r.json"])
@pytest.mark.parametrize("link", ["r.json", "out"])
def test_no_report_goes_through_a_link(fork: Fork, option: str, link: str) -> None:
    """In a workflow a report's path may not be, nor lead through, a link that the checkout holds."""
    fork.bad_module("api")
    fork.commit()
    victims = fork.repo.parent / "victims"
    victims.mkdir()
    (victims / "r.json").write_text("precious")
    fork.link(link, victims if link == "out" else victims / "r.json")
    ran = fork.judged(option.replace("r.json", "out/r.json") if link == "out" else option)
    assert (ran.code, (victims / "r.json").read_text()) == (2, "precious")
    assert fork.step(write_baseline="out/r.json" if link == "out" else "r.json").code == 2
    assert (victims / "r.json").read_text() == "precious"
