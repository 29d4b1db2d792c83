"""The command: finds the verb, loads only that verb's code, turns expected errors into messages and exit codes."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from go_release_gate import __version__
from go_release_gate.errors import GateError, InterruptedRun


def run(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run `go-release-gate ARGV` and return the exit code (see CONTRACT: 0 pass, 1 fail, 2 usage, 3 unavailable)."""
    try:
        return _dispatch(argv, environ)
    except GateError as error:
        _complain(error, environ)
        return error.exit_code
    except KeyboardInterrupt:
        _complain(InterruptedRun(2), environ)
        return 130
    except BrokenPipeError:
        _silence_standard_output()
        return 3
    except Exception as error:  # noqa: BLE001 - an escape would exit 1, which means "judged and failed"
        from go_release_gate.cli.complain import report_defect

        report_defect(error, environ)
        return 3


def _dispatch(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    if list(argv) == ["--version"]:
        sys.stdout.write(f"go-release-gate {__version__}\n")
        return 0
    from go_release_gate.cli import options

    if not argv or argv[0] in ("-h", "--help", "help"):
        sys.stdout.write(options.overview())
        return 0 if argv else 2
    if argv[0] == "--completions":
        from go_release_gate.cli.completions import completions

        sys.stdout.write(completions(argv[1:]))
        return 0
    verb, rest = options.addressed(argv)
    args = options.parse(verb, rest, environ)
    if args is None:
        return 0
    code: int = import_module(verb.module).run(args, environ)
    return code


def _complain(error: GateError, environ: Mapping[str, str]) -> None:
    from go_release_gate.cli.complain import complain

    complain(error, environ)


def _silence_standard_output() -> None:
    """The reader went away; keep the interpreter from complaining when it flushes at its end."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
