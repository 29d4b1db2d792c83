"""The project as a repository of its own, with a bare origin, ready for its first release."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "devtools/release"))

from checkout import Checkout  # noqa: E402 - devtools is no package

VERSION = "0.1.0"
DIGEST = f"sha256:{hashlib.sha256(b'the released image').hexdigest()}"
PARTS = (".github", "workflow-templates", "setup", "credentials", "requirements", "devtools/release")
FILES = ("action.yml", "Dockerfile", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".gitignore")


@dataclass(frozen=True)
class World:
    """A clone and its origin; `built` is the commit that is released."""

    checkout: Checkout
    origin: Path

    @property
    def built(self) -> str:
        """The commit on main."""
        return self.checkout.commit("main")

    def tags(self) -> dict[str, str]:
        """Tags of the origin, read there."""
        lines = git(self.origin, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/tags").splitlines()
        return dict(line.split(" ") for line in lines)

    def next_version(self, version: str) -> str:
        """Commit and push what a further version needs; its commit."""
        dress(self.checkout.root, version)
        git(self.checkout.root, "commit", "-qam", f"Prepare {version}")
        git(self.checkout.root, "push", "-q", "origin", "main")
        return self.built


def git(folder: Path, *arguments: str) -> str:
    """git with a fixed identity and no configuration of this machine."""
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", str(folder), *identity, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def dress(root: Path, version: str) -> None:
    """Version and dated section, as a release needs them."""
    code = root / "src/go_release_gate/__init__.py"
    code.write_text(re.sub(r'__version__ = ".*"', f'__version__ = "{version}"', code.read_text("utf-8")), "utf-8")
    changes = root / "CHANGELOG.md"
    text = re.sub(r"(?m)^## 0\.1\.0 \(.*\)$", "## 0.1.0 (2026-11-30)", changes.read_text("utf-8"))
    if f"## {version} (" not in text:
        text = text.replace("## ", f"## {version} (2026-12-01)\n\n### Fixed\n\n- A thing.\n\n## ", 1)
    changes.write_text(text, "utf-8")


def project(folder: Path) -> None:
    """Clone and origin in a folder, from the working tree as it is; of the package its top alone, which is faster."""
    clone = folder / "clone"
    for path in (ROOT / "src/go_release_gate").glob("*.py"):
        (clone / "src/go_release_gate").mkdir(parents=True, exist_ok=True)
        shutil.copy(path, clone / "src/go_release_gate")
    for part in PARTS:
        shutil.copytree(ROOT / part, clone / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, clone / name)
    dress(clone, VERSION)
    git(folder, "init", "-q", "--bare", "--initial-branch=main", "origin.git")
    git(folder, "init", "-q", "--initial-branch=main", "clone")
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", f"Prepare {VERSION}")
    git(clone, "remote", "add", "origin", "../origin.git")
    git(clone, "push", "-q", "origin", "main")
