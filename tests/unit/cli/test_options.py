"""Options and inputs become one set of arguments; completion knows them all."""

from __future__ import annotations

import argparse
import shutil
import subprocess
from collections.abc import Mapping

import pytest

from go_release_gate.cli import options
from go_release_gate.cli.completions import SHELLS, completions
from go_release_gate.config.inputs import inputs_of
from go_release_gate.errors import UsageError


def parsed(*argv: str, environ: Mapping[str, str] | None = None, verb: str = "check") -> argparse.Namespace:
    args = options.parse(options.find_verb(verb), argv, environ or {})
    assert args is not None
    return args


def test_what_nobody_gives_is_none() -> None:
    """Every input of the verb that is no secret is an attribute, None until somebody gives it."""
    args = vars(parsed())

    wanted = {item.dest for item in inputs_of("check") if item.kind.value != "secret"}
    assert wanted <= set(args)
    assert {args[name] for name in wanted} == {None}
    assert args["origins"] == {}
    assert not {"github_token", "module_credentials"} & set(args)


def test_flags_beat_variables() -> None:
    """A flag wins over INPUT_, which wins over GO_RELEASE_GATE_; each remembers where it came from."""
    environ = {
        "INPUT_FAIL-ON": "note",
        "INPUT_JOBS": "3",
        "GO_RELEASE_GATE_JOBS": "4",
        "INPUT_FIX": "true",
        "INPUT_SELECT": "a\n# no\nb, c",
        "INPUT_PATH": "sub",
        "INPUT_VERIFY": "",
    }
    args = parsed("--fail-on", "error", "--exclude", "x,y", "--exclude", "z/{a,b}", environ=environ)

    assert (args.fail_on, args.jobs, args.fix, args.select, args.path) == ("error", 3, True, ("a", "b", "c"), "sub")
    assert args.exclude == ("x", "y", "z/{a,b}")
    assert args.verify is None
    assert args.origins == {
        "fail-on": "--fail-on",
        "exclude": "--exclude",
        "jobs": "INPUT_JOBS",
        "fix": "INPUT_FIX",
        "select": "INPUT_SELECT",
        "path": "INPUT_PATH",
    }


def test_inputs_of_other_verbs_are_ignored() -> None:
    """The runner sets all inputs of the action; a verb neither reads nor checks those of others."""
    assert parsed(verb="rules", environ={"INPUT_FAIL-ON": "nonsense", "INPUT_FIX": "maybe"}).format is None


def test_a_bad_variable_is_named() -> None:
    """The error names the variable, not the option."""
    with pytest.raises(UsageError, match="INPUT_OFFLINE: expected true or false, got 'yes'"):
        parsed(environ={"INPUT_OFFLINE": "yes"})


def test_no_abbreviations() -> None:
    """`--fix` is the option; an abbreviation of another is refused, so that new options break no pipeline."""
    with pytest.raises(UsageError, match="unknown option '--timing'"):
        parsed("--timing")


def test_every_option_of_the_contract_is_there() -> None:
    """The public options of check exist."""
    text = options.build_parser(options.find_verb("check")).format_help()
    wanted = (
        "select ignore include exclude event tag base fail-on on-unavailable diff fix jobs timings format output "
        "report config color quiet verbose offline"
    )

    assert [name for name in wanted.split() if f"--{name}" not in text] == []


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_knows_every_verb_and_option(shell: str) -> None:
    """Each script holds each verb and each of its options."""
    script = completions([shell])
    for verb in options.VERBS:
        assert verb.name in script
        for item in inputs_of(verb.name):
            assert (f"-l {item.name} " if shell == "fish" else f"--{item.name}") in script or not item.is_option


def completed(*words: str) -> list[str]:
    """What bash offers for the last of `words`."""
    script = (
        completions(["bash"])
        + f"""
COMP_WORDS=({" ".join(f"'{word}'" for word in words)})
COMP_CWORD={len(words) - 1}
_go_release_gate
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    )
    bash = shutil.which("bash")
    assert bash
    done = subprocess.run([bash, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    return done.stdout.split()


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_completes() -> None:
    """Verbs in the first place, options after a dash, the choices of an option after it."""
    assert completed("go-release-gate", "ex") == ["explain"]
    assert completed("go-release-gate", "plan", "--sh") == ["--shards"]
    assert completed("go-release-gate", "check", "--fail-on", "w") == ["warning"]
    assert completed("go-release-gate", "--completions", "z") == ["zsh"]
