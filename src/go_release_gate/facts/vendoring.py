"""Vendor afresh into a scratch directory and compare: the checkout is read and never written.

`go mod vendor` runs nothing of the repository; `-o` and `-modfile` keep its output and its go.sum out of the tree.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.facts.module import Module
from go_release_gate.facts.patch import Mended
from go_release_gate.facts.tidy import Tidy
from go_release_gate.facts.vendor import Vendor
from go_release_gate.facts.vendor_compare import MODULES, compare
from go_release_gate.facts.verify_go import in_repository
from go_release_gate.facts.workspace_vendoring import workspace_vendor
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome

if TYPE_CHECKING:
    from go_release_gate.adapters.go import Go
    from go_release_gate.adapters.process import Completed

# names, times and sizes of the work tree must not answer for its content (as for tidy)
FRESH_INDEX = {"GODEBUG": "goindex=0"}
_UNTIDY = re.compile(
    rb"missing go\.sum entry|no required module provides|updates to go\.mod needed|updates to go\.sum needed"
    rb"|to add (?:it|missing requirements)"
)


@dataclass(frozen=True, slots=True)
class VendorRun:
    """What vendoring shares over one check.

    Attributes:
        root: the repository, absolute.
        scratch: an existing private directory that Go can reach.
        is_conversion: whether a file's line endings were converted by the checkout alone (path relative to root).
        explain: gives a failed call of Go its class.
        timeout: seconds one call may take; None: the adapter's own limit.
        env: further settings for Go.
    """

    root: Path
    go: Go
    scratch: Path
    is_conversion: Callable[[str], bool]
    explain: Callable[[Completed, Module], ModuleError]
    timeout: float | None = None
    env: Mapping[str, str] = field(default_factory=dict)


def collect_vendor(module: Module, tidy: Tidy | None, run: VendorRun) -> Vendor:
    """Compare the module's vendor directory with a fresh vendoring.

    It is made from go.mod and go.sum as they are; where these lack something, from what tidy would make of them
    (`tidy`, if it was answered), since only then there is anything to compare with.
    """
    vendor = run.root / module.dir / "vendor"
    if refused := _refused(module, vendor):
        return refused
    if tidy and tidy.error and tidy.error.kind is ErrorClass.UNSAFE_PATH:
        return Vendor(Outcome.UNAVAILABLE, error=tidy.error)  # Go would read here what the copy for tidy left out
    with _scratch(run) as home:
        done = _fresh(module, tidy, home, run)
        if done.returncode != 0 or done.timed_out:
            return Vendor(Outcome.UNAVAILABLE, error=run.explain(done, module))
        found = compare(vendor, home / "vendor", prefix=module.file("vendor"), is_conversion=run.is_conversion)
    outcome = Outcome.FAIL if found.stale or found.edited else Outcome.PASS
    return Vendor(outcome, found.stale, found.edited)


def renew_vendor(module: Module, after: tuple[bytes, bytes | None], run: VendorRun) -> list[Mended]:
    """What `go mod vendor` would write or remove once go.mod and go.sum are `after`; edited files are left alone.

    An edited file is somebody's work on the right version; a stale one is only out of step. Empty where Go fails.
    """
    vendor = run.root / module.dir / "vendor"
    if _refused(module, vendor) or is_workspace_vendor(vendor):
        return []
    with _scratch(run) as home:
        done = _vendor(*after, module, home, run)
        if done.returncode != 0 or done.timed_out:
            return []
        prefix = module.file("vendor")
        found = compare(vendor, home / "vendor", prefix=prefix, is_conversion=run.is_conversion)
        names = [difference.path.removeprefix(f"{prefix}/") for difference in found.stale]
        return [
            Mended(f"{prefix}/{name}", _read_file(vendor / name), _read_file(home / "vendor" / name)) for name in names
        ]


def _read_file(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _fresh(module: Module, tidy: Tidy | None, home: Path, run: VendorRun) -> Completed:
    """Vendor afresh below `home`, for the module or for its workspace."""
    if is_workspace_vendor(run.root / module.dir / "vendor"):
        return workspace_vendor(run.root, module.dir, home, run.go, timeout=run.timeout, env=_env(run))
    done = _vendor(module.mod_bytes, module.sum_bytes, module, home, run)
    if _is_untidy(done) and tidy and tidy.mod_after is not None:
        done = _vendor(tidy.mod_after, tidy.sum_after, module, home, run)
    return done


def is_workspace_vendor(vendor: Path) -> bool:
    """Whether `go work vendor` made the directory: its modules.txt says so in the first line."""
    try:
        file = os.open(vendor / MODULES, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    with os.fdopen(file, "rb") as stream:
        is_regular = stat.S_ISREG(os.fstat(file).st_mode)
        return is_regular and stream.readline(100).strip() == b"## workspace"


def _refused(module: Module, vendor: Path) -> Vendor | None:
    if vendor.is_symlink():
        return Vendor(
            Outcome.UNAVAILABLE,
            error=ModuleError(
                ErrorClass.UNSAFE_PATH,
                "vendor is a symbolic link, and links are not followed",
                "replace it by the directory, or judge the module it leads to",
                path=module.file("vendor"),
            ),
        )
    # before 1.14 Go ignores vendor unless told otherwise, and other tools made trees of that name
    if not vendor.is_dir() or (_is_before_go_1_14(module) and not (vendor / MODULES).is_file()):
        return Vendor(Outcome.NOT_APPLICABLE)
    return None


def _is_before_go_1_14(module: Module) -> bool:
    if module.mod is None or module.mod.go is None:
        return True
    numbers = re.match(r"1\.(\d+)", module.mod.go.value)
    return numbers is not None and int(numbers[1]) < 14


def _vendor(mod: bytes, sums: bytes | None, module: Module, home: Path, run: VendorRun) -> Completed:
    for name, data in (("go.mod", mod), ("go.sum", sums)):
        (home / name).unlink(missing_ok=True)
        if data is not None:
            (home / name).write_bytes(data)
            (home / name).chmod(0o666)
    args = ["mod", "vendor", f"-modfile={home / 'go.mod'}", "-o", str(home / "vendor")]
    done = run.go.run(args, cwd=run.root / module.dir, timeout=run.timeout, env={**_env(run), "GOWORK": "off"})
    return in_repository(done, home, module)


def _env(run: VendorRun) -> dict[str, str]:
    return {**FRESH_INDEX, **run.env}


def _is_untidy(done: Completed) -> bool:
    return done.returncode != 0 and not done.timed_out and bool(_UNTIDY.search(done.stderr))


@contextmanager
def _scratch(run: VendorRun) -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="vendor-", dir=run.scratch))
    try:
        home.chmod(0o777)  # Go may run as another user; what lies above is private
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
