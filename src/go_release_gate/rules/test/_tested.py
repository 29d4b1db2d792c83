"""What findings about tests share: where they point, what they are about, how a test is run again."""

from __future__ import annotations

import posixpath

from go_release_gate.facts.tested import RanModule, RanPackage
from go_release_gate.gotest.troubles import Trouble
from go_release_gate.model.finding import Location, Target


def mod_file(module: RanModule) -> str:
    """Path of its go.mod."""
    return "go.mod" if module.dir == "." else f"{module.dir}/go.mod"


def place(trouble: Trouble, module: RanModule) -> Location:
    """Where it happened; the module's go.mod where nothing says."""
    if not trouble.path:
        return Location(mod_file(module))
    return Location(trouble.path, trouble.line, column=trouble.column)


def target(module: RanModule, package: RanPackage, test: str = "") -> Target:
    """The test, or its package."""
    name = posixpath.relpath(package.dir, module.dir)
    return Target("test", f"{package.path}.{test}" if test else package.path or name)


def again(module: RanModule, package: RanPackage, test: str = "") -> str:
    """The command that runs it again, in the same order."""
    inside = "" if module.dir == "." else f" -C {module.dir}"
    flags = "".join(f" {one}" for one in module.flags)
    shuffle = f" -shuffle={package.seed}" if package.seed else ""
    parts = "/".join(f"^{part}$" for part in test.split("/"))
    chosen = f" -run='{parts}'" if test and "'" not in test else ""
    relative = posixpath.relpath(package.dir, module.dir)
    return f"go test{inside}{flags}{shuffle}{chosen} {'.' if relative == '.' else f'./{relative}'}"
