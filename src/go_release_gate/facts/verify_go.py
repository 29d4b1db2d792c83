"""Verify as `go mod verify` does it: Go's own words for one module (setting `verify: go`)."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.facts.anchors import lines_of
from go_release_gate.facts.cacheentry import entry_of
from go_release_gate.facts.failure import LINE_LIMIT
from go_release_gate.facts.module import Module
from go_release_gate.facts.verify import Healed, Verify
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome

if TYPE_CHECKING:
    from go_release_gate.adapters.go import Go
    from go_release_gate.adapters.process import Completed

# errors of a module's content begin with `path version:`; all others of Go with `go:` and `path@version`
_SAID = re.compile(r"^(?P<path>[^\s:]+) (?P<version>v[^\s:]+): (?P<what>.*)$", re.MULTILINE)
_WORDS = (
    ("zip has been modified", "zip modified"),
    ("dir has been modified", "directory modified"),
    ("missing ziphash", "record missing"),
)


def verify_with_go(
    module: Module,
    *,
    go: Go,
    directory: Path,
    scratch: Path,
    explain: Callable[[Completed], ModuleError],
    timeout: float | None = None,
) -> Verify:
    """Run `go mod verify` for one module, on copies of its two files.

    `verified` counts versions that are in the cache at all: Go does not say which it hashed, nor how many bytes.

    Args:
        directory: the module's directory. scratch: an existing private directory for the copies.
        explain: gives a failed call that names no damaged version its class.
    """
    if module.mod is None:
        return Verify(Outcome.UNAVAILABLE, error=module.error)
    keys = {(line.path, line.version) for line in lines_of(module) if not line.is_mod}
    present = sum(1 for key in keys if _is_present(go.toolchain.modcache, *key))
    done = _run(module, go, directory, scratch, timeout)
    damaged = damaged_of(done.stderr.decode("utf-8", "replace"))
    if done.returncode == 0 and not done.timed_out:
        outcome = Outcome.PASS if keys else Outcome.NOT_APPLICABLE
        return Verify(outcome, len(keys), present, len(keys) - present)
    error = _damaged(damaged) if damaged else explain(done)
    return Verify(Outcome.UNAVAILABLE, len(keys), present, len(keys) - present, damaged=damaged, error=error)


def damaged_of(stderr: str) -> tuple[Healed, ...]:
    """Versions that `go mod verify` complains about, with what it found."""
    return tuple(
        Healed(match["path"], match["version"], _in_our_words(match["what"])) for match in _SAID.finditer(stderr)
    )


def _in_our_words(what: str) -> str:
    return next((word for begin, word in _WORDS if what.startswith(begin)), what)


def _run(module: Module, go: Go, directory: Path, scratch: Path, timeout: float | None) -> Completed:
    home = Path(tempfile.mkdtemp(prefix="verify-", dir=scratch))
    try:
        home.chmod(0o777)  # Go may run as another user; what lies above is private
        (home / "go.mod").write_bytes(module.mod_bytes)
        (home / "go.sum").write_bytes(module.sum_bytes or b"")
        for name in ("go.mod", "go.sum"):
            (home / name).chmod(0o666)
        args = ["mod", "verify", f"-modfile={home / 'go.mod'}"]
        done = go.run(args, cwd=directory, timeout=timeout, env={"GOWORK": "off"})
        return in_repository(done, home, module)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def in_repository(done: Completed, home: Path, module: Module) -> Completed:
    """A call's answer with the paths of scratch files turned into those of the module."""
    folder = module.file("").encode("utf-8", "surrogateescape")
    pattern = rb"[^\s:]*" + re.escape(home.name.encode()) + rb"/(go\.(?:mod|sum))"  # Go writes it relative or absolute
    lines = (
        re.sub(pattern, lambda match: folder + match[1], line[:LINE_LIMIT]) if home.name.encode() in line else line
        for line in done.stderr.split(b"\n")
    )
    return replace(done, stderr=b"\n".join(lines))


def _is_present(modcache: str, path: str, version: str) -> bool:
    entry = entry_of(modcache, path, version)
    return entry is not None and (Path(entry.zip).exists() or Path(entry.dir).exists())


def _damaged(damaged: tuple[Healed, ...]) -> ModuleError:
    first = damaged[0]
    more = f" (and {len(damaged) - 1} more)" if len(damaged) > 1 else ""
    return ModuleError(
        ErrorClass.MODIFIED_CACHE,
        f"{first.module}@{first.version} in the module cache is not what was downloaded: {first.what}{more}",
        "run `go clean -modcache`, or use `verify: anchored`, which heals what it can",
        rule="modified-module-cache",
    )
