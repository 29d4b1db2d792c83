"""The verbs, declared once."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from go_release_gate.cli.release.actions import ACTIONS

Arguments = Callable[[argparse.ArgumentParser], None]


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
        "kind", metavar="KIND", help="config, check, build, test, inspect, push, tags, baseline, rules or release-..."
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
        "init",
        "install a pipeline: workflows and a configuration file, made for the repository",
        (
            ("init", "look, ask, show the diff, write"),
            ("init --yes --commit release-gate", "take what is proposed, on a branch of its own"),
            ("init --check", "in CI: fail when a file is not as init would write it"),
            ("init --dry-run --image api=ghcr.io/acme/api", "choose, and see what would be written"),
        ),
        _path,
    ),
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
        "test",
        "run the tests of every module, and judge what failed and what they cover",
        (
            ("test", "with the race detector, in a random order"),
            ("test --base origin/main --min-changed-coverage 90", "lines that changed, too"),
            ("test --shuffle 1763736453 --module services/api", "one module, in the order of a run before"),
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
