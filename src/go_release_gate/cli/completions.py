"""Completion scripts for bash, zsh and fish, made from the declared verbs and options."""

from __future__ import annotations

from collections.abc import Sequence

from go_release_gate.cli.options import PROGRAM, VERBS, Verb
from go_release_gate.config.inputs import Input, inputs_of
from go_release_gate.config.nearest import did_you_mean
from go_release_gate.errors import UsageError

SHELLS = ("bash", "zsh", "fish")


def completions(argv: Sequence[str]) -> str:
    """The script for the one shell that `argv` names. Raises UsageError for anything else."""
    if len(argv) != 1 or argv[0] not in SHELLS:
        hint = did_you_mean(argv[0], SHELLS) if argv else ""
        raise UsageError("--completions: expected bash, zsh or fish", hint)
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[argv[0]]()


def _options(verb: Verb) -> tuple[Input, ...]:
    return tuple(item for item in inputs_of(verb.name) if item.is_option)


def _bash() -> str:
    cases = [_bash_verb(verb) for verb in VERBS]
    verbs = " ".join(verb.name for verb in VERBS)
    return f"""# bash completion for {PROGRAM}
_go_release_gate() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{verbs} --help --version --completions" -- "$current"))
        return
    fi
    case "${{COMP_WORDS[1]}} $previous" in
{_bash_choices()}
        *" --completions") COMPREPLY=($(compgen -W "{" ".join(SHELLS)}" -- "$current")); return ;;
    esac
    case "$current ${{COMP_WORDS[1]}}" in
{"".join(cases)}        *) COMPREPLY=($(compgen -f -- "$current")) ;;
    esac
}}
complete -F _go_release_gate {PROGRAM}
"""


def _bash_verb(verb: Verb) -> str:
    names = " ".join(["--help", *(f"--{item.name}" for item in _options(verb))])
    return f'        -*" {verb.name}") COMPREPLY=($(compgen -W "{names}" -- "$current")) ;;\n'


def _bash_choices() -> str:
    rows = [
        f'        "{verb.name} --{item.name}") '
        f'COMPREPLY=($(compgen -W "{" ".join(item.choices)}" -- "$current")); return ;;'
        for verb in VERBS
        for item in _options(verb)
        if item.choices
    ]
    return "\n".join(rows)


def _zsh() -> str:
    verbs = "\n".join(f"        '{verb.name}:{_quoted(verb.summary)}'" for verb in VERBS)
    cases = "\n".join(_zsh_verb(verb) for verb in VERBS)
    return f"""#compdef {PROGRAM}
_go_release_gate() {{
    local -a verbs
    verbs=(
{verbs}
    )
    if (( CURRENT == 2 )); then
        _describe verb verbs
        return
    fi
    local verb=$words[2]
    shift words
    (( CURRENT-- ))
    case $verb in
{cases}
    esac
}}
compdef _go_release_gate {PROGRAM}
"""


def _zsh_verb(verb: Verb) -> str:
    specs = [_zsh_option(item) for item in _options(verb)]
    return f"        {verb.name}) _arguments '--help' {' '.join(specs)} '*:path:_files' ;;"


def _zsh_option(item: Input) -> str:
    about = _quoted(item.description.split(". ")[0].rstrip(".")).replace("[", "(").replace("]", ")").replace(":", ",")
    if item.kind.value == "boolean":
        return f"'--{item.name}[{about}]'"
    values = f"({' '.join(item.choices)})" if item.choices else "_files"
    repeat = "*" if item.kind.value == "list" else ""
    return f"'{repeat}--{item.name}=[{about}]:{item.name}:{values}'"


def _fish() -> str:
    lines = [f"# fish completion for {PROGRAM}"]
    for verb in VERBS:
        lines.append(f"complete -c {PROGRAM} -n __fish_use_subcommand -f -a {verb.name} -d '{_quoted(verb.summary)}'")
        lines += [_fish_option(verb, item) for item in _options(verb)]
    return "\n".join(lines) + "\n"


def _fish_option(verb: Verb, item: Input) -> str:
    about = _quoted(item.description.split(". ")[0].rstrip("."))
    short = f" -s {item.short}" if item.short else ""
    value = "" if item.kind.value == "boolean" else " -r"
    choices = f" -f -a '{' '.join(item.choices)}'" if item.choices else ""
    return (
        f"complete -c {PROGRAM} -n '__fish_seen_subcommand_from {verb.name}'"
        f" -l {item.name}{short}{value}{choices} -d '{about}'"
    )


def _quoted(text: str) -> str:
    """Text fit to stand inside single quotes, in all three shells."""
    return text.replace("'", "").replace("`", "")
