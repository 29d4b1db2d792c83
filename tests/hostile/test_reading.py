"""What lies outside the checkout is neither shown nor waited for."""

from __future__ import annotations

import pytest

from hostile.conftest import Fork

MODULES_TXT = "# example.com/dep v1.0.0\n## explicit\nexample.com/dep\n"


@pytest.fixture
def vendored(fork: Fork) -> Fork:
    """A tidy module with a vendor directory."""
    fork.tidy_module()
    fork.write({"vendor/modules.txt": MODULES_TXT, "vendor/example.com/dep/dep.go": "package dep\n"})
    fork.commit()
    return fork


@pytest.mark.parametrize("text", ["canaryword x\n", 'package m\n\nimport _ "example.net/canaryword"\n'])
def test_a_linked_source_of_a_vendored_module_stays_unread(vendored: Fork, text: str) -> None:
    """Vendoring works in the checkout, so a source file that leads out of it keeps Go away from the module."""
    outside = vendored.repo.parent / "outside.go"
    outside.write_text(text)
    vendored.link("leak.go", outside)
    stepped = vendored.step()
    assert stepped.code == 1
    assert "canaryword" not in stepped.everything


@pytest.mark.parametrize("target", ["/proc/self/fd/1", "/dev/zero", "/proc/self/environ"])
def test_a_linked_modules_txt_is_not_opened(vendored: Fork, target: str) -> None:
    """modules.txt may lead to a pipe that never answers: it is not followed."""
    vendored.link("vendor/modules.txt", target)
    assert vendored.step().code == 1
