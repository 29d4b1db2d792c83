"""The verbs and their options, declared once: parsing, help, completion and docs are made from here."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

from go_release_gate.cli.release.actions import ACTIONS
from go_release_gate.config.environment import Value, lookup
from go_release_gate.config.environment import parse as parse_text
from go_release_gate.config.inputs import Input, Kind, inputs_of
from go_release_gate.config.nearest import did_you_mean
from go_release_gate.errors import UsageError

PROGRAM = "go-release-gate"
Arguments = Callable[[argparse.ArgumentParser], None]


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


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb, or one action of a verb (`release rollback`).

    `module` has `run(args, environ) -> int`; `arguments` adds what is no input (positions); `more` is help of its own.
    """

    name: str
    summary: str
    examples: tuple[tuple[str, str], ...] = ()
    arguments: Arguments | None = None
    more: str = ""

    @property
    def module(self) -> str:
        """Name of the Python module that does it; an action is done by its verb's."""
        return f"go_release_gate.cli.{self.name.partition(' ')[0]}"


def _path(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", metavar="PATH", help="Repository (default: here)")


def _rule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", help="The rule's id, as findings show it")


def _module(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="MODULE", help="path of a module, as go.mod names it")
    _path(parser)


def _kind(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "kind", metavar="KIND", help="config, check, build, inspect, push, tags, baseline, rules or release-..."
    )


def _image(parser: argparse.ArgumentParser) -> None:
    about = "The image: a reference (ghcr.io/acme/shop@sha256:...), a folder with an OCI layout, or an archive's file"
    parser.add_argument("image", metavar="IMAGE", help=about)


def _pushed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", metavar="IMAGE", help="The image: a folder with an OCI layout, or an archive's file")
    about = "Where to: image reference with a tag (ghcr.io/acme/shop:1.4.2); several are allowed"
    parser.add_argument("references", nargs="+", metavar="REFERENCE", help=about)


def _files(parser: argparse.ArgumentParser) -> None:
    about = "Report of `check --report json=FILE`, or a folder of them; several are merged"
    parser.add_argument("files", nargs="+", metavar="FILE", help=about)


def _action(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="ACTION", help="One of the actions below")


def _positions(words: Sequence[tuple[str, str]]) -> Arguments:
    def add(parser: argparse.ArgumentParser) -> None:
        for name, about in words:
            parser.add_argument(name.lower(), metavar=name, help=about)

    return add


def _effective(parser: argparse.ArgumentParser) -> None:
    _path(parser)
    parser.add_argument("--effective", action="store_true", help="Every setting in force and where it comes from")


VERBS: tuple[Verb, ...] = (
    Verb(
        "check",
        "judge every Go module of a repository",
        (
            ("check", "judge the repository here"),
            ("check --diff", "print the patch that would mend it"),
            ("check --fix", "mend what can safely be mended"),
            ("check --select untidy-module --fail-on never services/api", "look at one question of one folder"),
            ("check --format json --output report.json", "keep the report"),
        ),
        _path,
    ),
    Verb(
        "build",
        "build every program for every platform as a release would, and judge what came of it",
        (
            ("build", "every main package, as the Dockerfiles here build it, or as build.services says"),
            ("build --service api --platform linux/arm64 --output-dir dist", "one program, kept"),
            ("build --reproducible", "twice, in different directories, and compared"),
        ),
        _path,
    ),
    Verb(
        "inspect",
        "judge a finished image: platforms, programs, labels, user, files, size",
        (
            ("inspect ghcr.io/acme/shop:1.4.2 --tag v1.4.2", "as the tag, its commit and its go.sum say"),
            ("inspect ./layout --platform linux/arm64", "an OCI layout; tar archives of docker save, too"),
            ("inspect ghcr.io/acme/shop:1.4.2 --scan trivy.sarif --scan vex.json", "with a scanner's results"),
        ),
        _image,
    ),
    Verb(
        "push",
        "bring a finished image to a registry, byte for byte; a release's tag never moves",
        (
            ("push image.tar ghcr.io/acme/shop:1.4.2 ghcr.io/acme/shop:latest", "what buildx left with type=oci"),
            ("push image.tar ghcr.io/acme/shop:1.4.2 --digest sha256:...", "only what was tested"),
            ("push image.tar ghcr.io/acme/shop:1.4.2 --require sbom,provenance", "only with its attestations"),
        ),
        _pushed,
    ),
    Verb(
        "report",
        "publish saved JSON reports to a pull request; exit 0 when published, whatever their verdict",
        (
            ("report reports/", "from a workflow_run workflow: to the pull request whose run wrote them"),
            ("report shard-1.json shard-2.json", "merge the shards of this run"),
            ("report report.json --pull-request 7", "from anywhere else, with a token in GO_RELEASE_GATE_GITHUB_TOKEN"),
        ),
        _files,
    ),
    Verb(
        "tags",
        "make image names, tags and labels of a ref, as docker/metadata-action does",
        (
            ("tags --images ghcr.io/acme/shop --tags 'type=semver,pattern={{version}}'", "of the ref here"),
            ("tags --images ghcr.io/acme/shop --ref v1.4.2", "of a tag that may not exist yet"),
            ("tags --images ghcr.io/acme/shop --format json", "for other programs"),
            ("tags --workflows --ref v1.4.2", "what the workflows here push for a tag"),
            ("tags --describe", "version, commit and time of HEAD, for -ldflags -X"),
            ("tags --next", "the next version of every module, and why"),
        ),
    ),
    Verb(
        "release",
        "keep the ledger of releases: record, promote, roll back, hold",
        tuple((f"release {one.name} {words}", what) for one in ACTIONS for words, what in one.examples[:1] if what),
        _action,
        "actions (`release ACTION --help` shows the options of each):\n"
        + "\n".join(f"  {one.name:10}  {one.summary}" for one in ACTIONS),
    ),
    Verb(
        "plan",
        "list what would be checked, as a job matrix",
        (
            ("plan --shards 4 --format json", "four jobs of about equal work"),
            ("plan --base origin/main", "only what changed"),
        ),
        _path,
    ),
    Verb(
        "why",
        "show why a module is there: who requires it, which import needs it",
        (("why golang.org/x/text", "in every module of the repository that has it"),),
        _module,
    ),
    Verb(
        "explain", "show the page of a rule", (("explain untidy-module", "what it finds, why, how to fix it"),), _rule
    ),
    Verb("rules", "list the rules with their severities", (("rules --format json", "for other programs"),)),
    Verb("schema", "print a JSON schema", (("schema config", "for an editor that completes the file"),), _kind),
    Verb(
        "config",
        "check the configuration file; show every setting and its origin",
        (("config --effective", "what is in force here, and who said so"),),
        _effective,
    ),
    Verb(
        "doctor",
        "examine the surroundings: Go, caches, network settings",
        (("doctor", "before asking for help"),),
        _path,
    ),
)

RELEASE_ACTIONS: tuple[Verb, ...] = tuple(
    Verb(
        f"release {one.name}",
        one.summary,
        tuple((f"release {one.name} {words}".rstrip(), what) for words, what in one.examples),
        _positions(one.positions) if one.positions else None,
    )
    for one in ACTIONS
)


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
    text = item.description.rstrip(".").removeprefix("With `verb: release`: ")
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
