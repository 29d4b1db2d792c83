"""The options of the verbs: parsing, help, completion and docs are made from here."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NoReturn

from go_release_gate.cli.release.actions import ACTIONS
from go_release_gate.cli.verbs import RELEASE_ACTIONS, VERBS, Verb
from go_release_gate.config.environment import Value, lookup
from go_release_gate.config.environment import parse as parse_text
from go_release_gate.config.inputs import Input, Kind, inputs_of
from go_release_gate.config.nearest import did_you_mean
from go_release_gate.errors import UsageError

__all__ = [
    "PROGRAM",
    "RELEASE_ACTIONS",
    "VERBS",
    "Verb",
    "addressed",
    "build_parser",
    "complete",
    "find_verb",
    "overview",
    "parse",
    "positionals",
]

PROGRAM = "go-release-gate"


class Parser(argparse.ArgumentParser):
    """An argument parser that raises UsageError with the nearest known option, and knows no abbreviations."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError: the caller decides about the exit."""
        raise UsageError(message, f"run `{self.prog} --help`")

    def refuse(self, extras: Sequence[str]) -> NoReturn:
        """Raise UsageError for the first argument that nothing declared."""
        word = next((item for item in extras if item.startswith("-")), extras[0]).split("=")[0]
        known = [name for action in self._actions for name in action.option_strings]
        hint = did_you_mean(word, known) if word.startswith("-") else ""
        kind = "option" if word.startswith("-") else "argument"
        raise UsageError(f"unknown {kind} {word!r} of `{self.prog}`", hint or f"run `{self.prog} --help`")


def addressed(argv: Sequence[str]) -> tuple[Verb, Sequence[str]]:
    """The verb that the arguments begin with, or its action, and what is left of them. Raises UsageError."""
    verb, rest = find_verb(argv[0]), argv[1:]
    if verb.name != "release" or not rest or rest[0] in ("-h", "--help"):
        return verb, rest
    if rest[0].startswith("-"):
        raise UsageError("`release` wants its action first", "for example: go-release-gate release status")
    return find_verb(f"release {rest[0]}"), rest[1:]


def find_verb(word: str) -> Verb:
    """The verb called `word`, or an action of one (`release status`). Raises UsageError with the nearest one."""
    for verb in (*VERBS, *RELEASE_ACTIONS):
        if verb.name == word:
            return verb
    if word.startswith("release "):
        name, names = word.removeprefix("release "), [one.name for one in ACTIONS]
        hint = did_you_mean(name, names) or f"actions: {', '.join(names)}"
        raise UsageError(f"`release` has no action {name!r}", hint)
    names = [verb.name for verb in VERBS]
    kind = "option" if word.startswith("-") else "verb"
    raise UsageError(f"unknown {kind} {word!r}", did_you_mean(word, names) or f"run `{PROGRAM} --help`")


def parse(verb: Verb, argv: Sequence[str], environ: Mapping[str, str]) -> argparse.Namespace | None:
    """The verb's arguments, completed from the environment; None when help was asked for and shown.

    Every input of the verb is an attribute: its value, or None where neither flag nor environment gives one.
    `args.origins` says where each given one comes from. Secrets are left out: see `environment.secret`.
    """
    parser = build_parser(verb)
    if {"-h", "--help"} & set(argv):
        parser.print_help()
        return None
    args, extras = parser.parse_known_args(_joined(argv, verb))
    if extras:
        parser.refuse(extras)
    return complete(verb, args, environ)


def _joined(argv: Sequence[str], verb: Verb) -> list[str]:
    """`--option TEXT` as one word where the text is taken as it is: it may begin with a dash."""
    free = {f"--{item.name}" for item in inputs_of(verb.name) if item.kind is Kind.LINES}
    words: list[str] = []
    for word in argv:
        if words and words[-1] in free:
            words[-1] += f"={word}"
        else:
            words.append(word)
    return words


def complete(verb: Verb, args: argparse.Namespace, environ: Mapping[str, str]) -> argparse.Namespace:
    """Turn texts into values and fill what no flag gave from the environment."""
    args.origins = {}
    args.release_action = verb.name.partition(" ")[2]
    for item in inputs_of(verb.name):
        if item.kind is Kind.SECRET:
            continue
        given = _from_flag(item, getattr(args, item.dest, None)) or _from_environment(item, environ)
        setattr(args, item.dest, given[0] if given else None)
        if given:
            args.origins[item.name] = given[1]
    return args


def _from_flag(item: Input, value: object) -> tuple[Value, str] | None:
    origin = f"--{item.name}" if item.is_option else "the command line"
    if value is None:
        return None
    if isinstance(value, bool):
        return value, origin
    text = "\n".join(value) if isinstance(value, list) else str(value)
    is_given = text if item.kind is Kind.LINES else text.strip()
    return (parse_text(item, text, origin), origin) if is_given else None


def _from_environment(item: Input, environ: Mapping[str, str]) -> tuple[Value, str] | None:
    found = lookup(item, environ)
    return (parse_text(item, found[1], found[0]), found[0]) if found else None


def build_parser(verb: Verb, width: int | None = None) -> Parser:
    """The parser of one verb, with an option for each of its inputs; help is `width` columns wide (None: terminal)."""
    parser = Parser(
        prog=f"{PROGRAM} {verb.name}",
        description=f"{verb.summary[0].upper()}{verb.summary[1:]}.",
        epilog="\n\n".join(filter(None, (verb.more, _examples(verb)))),
        allow_abbrev=False,
        add_help=False,
        formatter_class=partial(argparse.RawDescriptionHelpFormatter, width=width),
    )
    parser.add_argument("-h", "--help", action="store_true", help="Show this help")
    if verb.arguments:
        verb.arguments(parser)
    positions = [_usage(action) for action in positionals(parser)]
    parser.usage = " ".join([parser.prog, "[options]", *map(str, positions)])
    for item in inputs_of(verb.name):
        if item.is_option and not verb.more:  # what has actions leaves the options to them
            _add(parser, item)
    return parser


def positionals(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """The arguments without a dash."""
    return [action for action in parser._actions if not action.option_strings]  # noqa: SLF001 - argparse offers no other


def _usage(action: argparse.Action) -> str:
    return {"?": f"[{action.metavar}]", "+": f"{action.metavar}..."}.get(str(action.nargs), str(action.metavar))


def _add(parser: argparse.ArgumentParser, item: Input) -> None:
    names = ([f"-{item.short}"] if item.short else []) + [f"--{item.name}"]
    help_text = _help(item).replace("%", "%%")
    if item.kind is Kind.BOOLEAN:
        parser.add_argument(*names, action="store_const", const=True, dest=item.dest, help=help_text)
        if item.fallback.startswith("true"):  # what is on without a word needs one to be off
            off = f"Do without: the opposite of --{item.name}"
            parser.add_argument(f"--no-{item.name}", action="store_const", const=False, dest=item.dest, help=off)
        return
    metavar = item.metavar or "|".join(item.choices) or item.name.upper()
    action = "append" if item.kind in (Kind.LIST, Kind.LINES) else "store"
    parser.add_argument(*names, action=action, dest=item.dest, metavar=metavar, help=help_text)


def _help(item: Input) -> str:
    prefix, mark, rest = item.description.partition("`: ")
    text = (rest if mark and prefix.startswith("With `verb: ") else item.description).rstrip(".")
    text = text[0].upper() + text[1:]
    default = f" (default: {item.fallback})" if item.fallback and item.kind is not Kind.BOOLEAN else ""
    return f"{text}{default}"


def _examples(verb: Verb) -> str:
    width = max((len(command) for command, _ in verb.examples), default=0)
    rows = [f"  {PROGRAM} {command:{width}}  {f'# {what}' if what else ''}".rstrip() for command, what in verb.examples]
    return "\n".join(["examples:", *rows])


def overview() -> str:
    """The help of the program as a whole."""
    width = max(len(verb.name) for verb in VERBS)
    verbs = "\n".join(f"  {verb.name:{width}}  {verb.summary}" for verb in VERBS)
    return f"""usage: {PROGRAM} VERB [options]

Judges every Go module of a repository: tidy, verified, vendor in step, policies kept.

verbs:
{verbs}

options:
  -h, --help               show this help; `{PROGRAM} VERB --help` shows a verb's options
  --version                show the version
  --completions SHELL      print completions for bash, zsh or fish

examples:
  {PROGRAM} check        # judge the repository here
  {PROGRAM} check --fix  # mend what can safely be mended

Each option is also read from the environment: --fail-on from GO_RELEASE_GATE_FAIL_ON.
exit codes: 0 pass, 1 findings, 2 usage or configuration, 3 could not judge, 4 somebody was faster, 5 refused
"""
