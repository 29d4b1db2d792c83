"""Every input and output of the program: the one list that options, environment, action.yml and docs are made from.

An input is read from the command line (`--fail-on`), else from the environment (`INPUT_FAIL-ON` as the runner
sets it, `GO_RELEASE_GATE_FAIL_ON`), else, where it has a `key`, from the configuration file, else by default.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

JUDGING = ("check", "plan", "config", "why")
PUBLISHING = ("action", "report")
EVERYWHERE: tuple[str, ...] = ()


class Kind(StrEnum):
    """How the text of an input is read."""

    TEXT = "text"
    BOOLEAN = "boolean"
    NUMBER = "number"
    CHOICE = "choice"
    LIST = "list"
    SECRET = "secret"


@dataclass(frozen=True, slots=True)
class Input:
    """One input.

    Attributes:
        name: kebab-case; `--name` on the command line, `INPUT_NAME` and `GO_RELEASE_GATE_NAME` in the environment.
        description: what it does, one or two sentences, for help, docs and action.yml.
        default: the value action.yml writes; empty where a file or the program itself supplies one.
        kind: how its text is read. A SECRET is never an option: arguments are visible to every process.
        fallback: the value that counts when nobody gives one, for the docs; empty: none.
        choices: for a CHOICE, the words allowed.
        verbs: the verbs that read it; empty: all of them.
        key: its dotted key in the configuration file, empty where the file has none.
        metavar: what help shows for its value.
        short: a one-letter option beside the long one.
        in_action: whether action.yml declares it.
    """

    name: str
    description: str
    kind: Kind = Kind.TEXT
    default: str = ""
    fallback: str = ""
    choices: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ("check",)
    key: str = ""
    metavar: str = ""
    short: str = ""
    in_action: bool = True

    @property
    def dest(self) -> str:
        """Its name in the parsed arguments."""
        return self.name.replace("-", "_")

    @property
    def is_option(self) -> bool:
        """Whether the command line offers it."""
        return self.kind is not Kind.SECRET and self.name not in ("path", "verb")

    def variables(self) -> tuple[str, ...]:
        """Environment variables that carry it, the stronger first. The runner keeps hyphens."""
        upper = self.name.upper()
        return (f"INPUT_{upper}", f"GO_RELEASE_GATE_{upper.replace('-', '_')}")

    def is_read_by(self, verb: str) -> bool:
        """Whether `verb` reads it."""
        return not self.verbs or verb in self.verbs


INPUTS: tuple[Input, ...] = (
    Input(
        "verb",
        "What the step does: check the repository, or report saved reports to their pull request.",
        Kind.CHOICE,
        choices=("check", "report"),
        fallback="check",
        verbs=("action",),
    ),
    Input(
        "path",
        "Repository to judge, relative to the workspace. A folder without .git is judged too.",
        fallback="where it runs",
        verbs=(*JUDGING, "doctor"),
    ),
    Input(
        "config",
        "Configuration file.",
        fallback=".go-release-gate.yml at the root of the repository, where there is one",
        verbs=JUDGING,
        metavar="FILE",
    ),
    Input("select", "Rules to apply, instead of all of them.", Kind.LIST, verbs=JUDGING, key="select", metavar="RULES"),
    Input("ignore", "Rules to leave out.", Kind.LIST, verbs=JUDGING, key="ignore", metavar="RULES"),
    Input(
        "include",
        "Directories to judge that discovery passes over (testdata, for one). A glob that names a folder matches it "
        "and all below.",
        Kind.LIST,
        verbs=JUDGING,
        key="include",
        metavar="GLOB",
    ),
    Input(
        "exclude",
        "Directories to leave out; the report lists them as skipped.",
        Kind.LIST,
        verbs=JUDGING,
        key="exclude",
        metavar="GLOB",
    ),
    Input(
        "module",
        "Judge only the modules in these directories. The whole repository is still discovered.",
        Kind.LIST,
        metavar="DIR",
    ),
    Input(
        "event",
        "What is being judged; severities may differ by it.",
        Kind.CHOICE,
        choices=("branch", "pull-request", "tag"),
        fallback="taken from the environment, else branch",
        verbs=JUDGING,
    ),
    Input("tag", "The tag being released.", fallback="taken from the environment", verbs=JUDGING, metavar="TAG"),
    Input(
        "base",
        "Commit to compare with. On a pull request its configuration counts; plan lists what changed since.",
        fallback="the base of the pull request",
        verbs=JUDGING,
        metavar="REV",
    ),
    Input(
        "fail-on",
        "Gravity from which a finding fails the run.",
        Kind.CHOICE,
        choices=("error", "warning", "note", "never"),
        fallback="error",
        verbs=("check", "config"),
        key="fail-on",
    ),
    Input(
        "on-unavailable",
        "What to do when a module cannot be judged. On a tag it always fails.",
        Kind.CHOICE,
        choices=("fail", "warn"),
        fallback="fail",
        verbs=("check", "config"),
        key="on-unavailable",
    ),
    Input(
        "verify",
        "How the module cache is verified: anchored on go.sum, as `go mod verify` does, or both.",
        Kind.CHOICE,
        choices=("anchored", "go", "both"),
        fallback="anchored",
        verbs=("check", "config"),
        key="verify",
    ),
    Input(
        "only-new",
        "Let only findings decide that the base commit does not have; the others are shown as existing.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=("check", "config"),
        key="only-new",
    ),
    Input("diff", "Print one patch that mends all modules, and change nothing.", Kind.BOOLEAN, fallback="false"),
    Input(
        "fix",
        "Apply the safe fixes to go.mod, go.sum and vendor, and judge what is left.",
        Kind.BOOLEAN,
        fallback="false",
    ),
    Input(
        "jobs",
        "Processes at once.",
        Kind.NUMBER,
        fallback="0, one per processor",
        verbs=("check", "config"),
        key="jobs",
        metavar="N",
        short="j",
    ),
    Input("timings", "Say how long each phase took.", Kind.BOOLEAN, fallback="false"),
    Input(
        "baseline",
        "File with findings that are known and do not count.",
        verbs=("check", "config"),
        key="baseline",
        metavar="FILE",
    ),
    Input("write-baseline", "Write the findings of this run as a baseline to FILE.", metavar="FILE", in_action=False),
    Input(
        "go-version",
        "Go to judge with, such as 1.25.3.",
        fallback="the Go on PATH",
        verbs=("check", "config", "doctor", "why"),
        key="go.version",
        metavar="VERSION",
    ),
    Input(
        "ca-bundle",
        "PEM file with further certificate authorities, for Go, git, GitHub and registries alike.",
        verbs=("check", "doctor", "why", "plan", "report"),
        metavar="FILE",
    ),
    Input(
        "module-credentials",
        "Credentials for private modules: lines `host[/owner] token` or `host[/owner] user:password`. "
        "Withheld on a fork's pull request.",
        Kind.SECRET,
        verbs=("check", "why"),
    ),
    Input(
        "module-credentials-file",
        "File with the lines of module-credentials.",
        metavar="FILE",
        in_action=False,
        verbs=("check", "why"),
    ),
    Input(
        "registry-credentials",
        "Credentials for image registries: lines `host user:password`.",
        Kind.SECRET,
        in_action=False,
    ),
    Input(
        "github-token",
        "Token for GitHub's interface. The verdict never depends on it.",
        Kind.SECRET,
        default="${{ github.token }}",
        verbs=("check", "plan", "report"),
    ),
    Input(
        "check-run",
        "Show the findings in a check run of their own. Takes `checks: write`.",
        Kind.BOOLEAN,
        fallback="true",
        verbs=PUBLISHING,
    ),
    Input(
        "check-name",
        "Name of the check run, and what tells the comments of several steps apart. Not the name of a job.",
        fallback="go-release-gate findings, with the path or modules judged",
        verbs=PUBLISHING,
        metavar="NAME",
    ),
    Input(
        "review",
        "Comment at the changed lines of a pull request, with safe fixes as suggestions. Takes `pull-requests: write`.",
        Kind.BOOLEAN,
        fallback="true",
        verbs=PUBLISHING,
    ),
    Input(
        "comment",
        "One comment on the pull request that sums up, edited in place: when there is something to say and until it is "
        "mended (auto), on every pull request (always), or never. Takes `pull-requests: write`.",
        Kind.CHOICE,
        choices=("auto", "always", "never"),
        fallback="auto",
        verbs=PUBLISHING,
    ),
    Input(
        "upload-sarif",
        "Upload the findings to code scanning. Takes `security-events: write`.",
        Kind.BOOLEAN,
        fallback="true where the token may",
        verbs=PUBLISHING,
    ),
    Input(
        "files",
        "With `verb: report`: the JSON reports to publish, files or folders that hold them.",
        Kind.LIST,
        verbs=("action",),
    ),
    Input(
        "pull-request",
        "Number of the pull request to report to.",
        Kind.NUMBER,
        fallback="taken from the event",
        verbs=("report",),
        metavar="N",
    ),
    Input(
        "offline",
        "Use no network: what the caches lack is unavailable.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=("check", "why"),
    ),
    Input(
        "format",
        "Form of the main output.",
        Kind.CHOICE,
        choices=("text", "json", "sarif", "github", "junit", "gitlab"),
        fallback="text; github in a workflow step",
    ),
    Input(
        "format",
        "Form of the output.",
        Kind.CHOICE,
        choices=("text", "json"),
        fallback="text",
        verbs=("plan", "rules", "config", "doctor", "why", "report"),
        in_action=False,
    ),
    Input(
        "output", "Write the main output to FILE instead of standard output.", verbs=("check", "plan"), metavar="FILE"
    ),
    Input(
        "report",
        "A further report beside the main output, as FORMAT=FILE; several are allowed.",
        Kind.LIST,
        metavar="FORMAT=FILE",
    ),
    Input(
        "color",
        "Whether to colour text.",
        Kind.CHOICE,
        choices=("auto", "always", "never"),
        fallback="auto",
        verbs=EVERYWHERE,
        in_action=False,
    ),
    Input(
        "quiet",
        "Say nothing but findings and errors.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=EVERYWHERE,
        short="q",
        in_action=False,
    ),
    Input(
        "verbose",
        "Say more: why, and with which settings.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=EVERYWHERE,
        short="v",
    ),
    Input(
        "shards",
        "Spread the modules over N jobs of about equal work.",
        Kind.NUMBER,
        fallback="one job per module",
        verbs=("plan",),
        metavar="N",
        in_action=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Output:
    """One output of the workflow step: its name and what its text holds."""

    name: str
    description: str


OUTPUTS: tuple[Output, ...] = (
    Output("verdict", "pass, fail or unavailable."),
    Output("complete", "true when nothing was left unjudged."),
    Output("findings", "How many findings count, of any severity."),
    Output("modules", "The judged modules as JSON: directory, path and the outcome of each question."),
    Output("report", "Path of the JSON report."),
    Output("sarif", "Path of the SARIF report."),
    Output("patch", "Path of the patch that mends all modules, empty when there is nothing to mend."),
    Output("matrix", "The job matrix of plan as JSON, for strategy.matrix."),
)


def find_input(name: str) -> Input:
    """The input called `name`. Raises KeyError for a name that is not declared."""
    for item in INPUTS:
        if item.name == name:
            return item
    raise KeyError(name)


def inputs_of(verb: str) -> tuple[Input, ...]:
    """The inputs that `verb` reads, in the order of the list."""
    return tuple(item for item in INPUTS if item.is_read_by(verb))
