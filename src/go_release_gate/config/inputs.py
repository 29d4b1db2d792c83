"""Every input and output of the program: the one list that options, environment, action.yml and docs are made from.

An input is read from the command line (`--fail-on`), else from the environment (`INPUT_FAIL-ON` as the runner
sets it, `GO_RELEASE_GATE_FAIL_ON`), else, where it has a `key`, from the configuration file, else by default.
"""

from __future__ import annotations

from go_release_gate.config.build_inputs import BUILD_INPUTS
from go_release_gate.config.image_inputs import IMAGE_INPUTS
from go_release_gate.config.init_inputs import INIT_INPUTS
from go_release_gate.config.input import Input, Kind
from go_release_gate.config.inspect_inputs import INSPECT_INPUTS
from go_release_gate.config.outputs import OUTPUTS, Output
from go_release_gate.config.push_inputs import PUSH_INPUTS
from go_release_gate.config.release_inputs import RELEASE_INPUTS
from go_release_gate.config.test_inputs import TEST_INPUTS

__all__ = ["INPUTS", "OUTPUTS", "Input", "Kind", "Output", "find_input", "inputs_of"]

JUDGING = ("check", "plan", "config", "why")
PRODUCTS = ("inspect", "build", "test")  # verbs that judge what was built, or how it ran
PUBLISHING = ("action", "report")
EVERYWHERE: tuple[str, ...] = ()

INPUTS: tuple[Input, ...] = (
    Input(
        "verb",
        "What the step does: check the repository, report saved reports to their pull request, make image names, build "
        "every program, run the tests, inspect a finished image, push it, or work with the release ledger.",
        Kind.CHOICE,
        choices=("check", "report", "tags", "build", "test", "inspect", "push", "release"),
        fallback="check",
        verbs=("action",),
    ),
    Input(
        "path",
        "Repository to judge, relative to the workspace. A folder without .git is judged too.",
        fallback="where it runs",
        verbs=(*JUDGING, "build", "test", "doctor", "tags"),
    ),
    Input(
        "config",
        "Configuration file.",
        fallback=".go-release-gate.yml at the root of the repository, where there is one",
        verbs=(*JUDGING, *PRODUCTS),
        metavar="FILE",
    ),
    Input(
        "select",
        "Rules to apply, instead of all of them.",
        Kind.LIST,
        verbs=(*JUDGING, *PRODUCTS),
        key="select",
        metavar="RULES",
    ),
    Input("ignore", "Rules to leave out.", Kind.LIST, verbs=(*JUDGING, *PRODUCTS), key="ignore", metavar="RULES"),
    Input(
        "include",
        "Directories to judge that discovery passes over (testdata, for one). A glob that names a folder matches it "
        "and all below.",
        Kind.LIST,
        verbs=(*JUDGING, "build", "test"),
        key="include",
        metavar="GLOB",
    ),
    Input(
        "exclude",
        "Directories to leave out; the report lists them as skipped.",
        Kind.LIST,
        verbs=(*JUDGING, "build", "test"),
        key="exclude",
        metavar="GLOB",
    ),
    Input(
        "module",
        "Judge only the modules in these directories. The whole repository is still discovered.",
        Kind.LIST,
        verbs=("check", "test", "tags"),
        metavar="DIR",
    ),
    Input(
        "event",
        "What is being judged; severities may differ by it.",
        Kind.CHOICE,
        choices=("branch", "pull-request", "tag"),
        fallback="taken from the environment, else branch",
        verbs=(*JUDGING, *PRODUCTS),
    ),
    Input(
        "tag",
        "The tag being released.",
        fallback="taken from the environment",
        verbs=(*JUDGING, *PRODUCTS),
        metavar="TAG",
    ),
    Input(
        "base",
        "Commit to compare with. On a pull request its configuration counts; plan lists what changed since.",
        fallback="the base of the pull request",
        verbs=(*JUDGING, "build", "test"),
        metavar="REV",
    ),
    Input(
        "fail-on",
        "Gravity from which a finding fails the run.",
        Kind.CHOICE,
        choices=("error", "warning", "note", "never"),
        fallback="error",
        verbs=("check", "config", *PRODUCTS),
        key="fail-on",
    ),
    Input(
        "on-unavailable",
        "What to do when a module cannot be judged. On a tag it always fails.",
        Kind.CHOICE,
        choices=("fail", "warn"),
        fallback="fail",
        verbs=("check", "config", *PRODUCTS),
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
        verbs=("check", "config", "build", "test"),
        key="jobs",
        metavar="N",
        short="j",
    ),
    Input("timings", "Say how long each phase took.", Kind.BOOLEAN, fallback="false", verbs=("check", "build", "test")),
    Input(
        "baseline",
        "File with findings that are known and do not count.",
        verbs=("check", "config", *PRODUCTS),
        key="baseline",
        metavar="FILE",
    ),
    Input("write-baseline", "Write the findings of this run as a baseline to FILE.", metavar="FILE", in_action=False),
    Input(
        "go-version",
        "Go to judge with, such as 1.25.3.",
        fallback="the Go on PATH",
        verbs=("check", "config", "doctor", "why", "build", "test"),
        key="go.version",
        metavar="VERSION",
    ),
    Input(
        "ca-bundle",
        "PEM file with further certificate authorities, for Go, git, GitHub and registries alike.",
        verbs=("check", "doctor", "why", "plan", "report", "tags", "push", *PRODUCTS),
        metavar="FILE",
    ),
    Input(
        "module-credentials",
        "Credentials for private modules: lines `host[/owner] token` or `host[/owner] user:password`. "
        "Withheld on a fork's pull request.",
        Kind.SECRET,
        verbs=("check", "why", "build", "test"),
    ),
    Input(
        "module-credentials-file",
        "File with the lines of module-credentials.",
        metavar="FILE",
        in_action=False,
        verbs=("check", "why", "build", "test"),
    ),
    Input(
        "registry-credentials",
        "Credentials for image registries: lines `host[/path] user:password` or `host token`. Withheld on a fork's "
        "pull request. The runner's own docker login is not seen by a step in a container.",
        Kind.SECRET,
        verbs=("check", "doctor", "release", "push", *PRODUCTS),
    ),
    Input(
        "github-token",
        "Token for GitHub's interface. The verdict never depends on it.",
        Kind.SECRET,
        default="${{ github.token }}",
        verbs=("check", "plan", "report", "tags", "release", "push", *PRODUCTS),
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
        verbs=("check", "why", "tags", *PRODUCTS),
    ),
    Input(
        "format",
        "Form of the main output.",
        Kind.CHOICE,
        choices=("text", "json", "sarif", "github", "junit", "gitlab"),
        fallback="text; github in a workflow step",
        verbs=("check", *PRODUCTS),
    ),
    Input(
        "format",
        "Form of the output.",
        Kind.CHOICE,
        choices=("text", "json"),
        fallback="text",
        verbs=("plan", "rules", "config", "doctor", "why", "report", "tags", "init"),
        in_action=False,
    ),
    Input(
        "output",
        "Write the main output to FILE instead of standard output.",
        verbs=("check", "plan", "tags", *PRODUCTS),
        metavar="FILE",
    ),
    Input(
        "report",
        "A further report beside the main output, as FORMAT=FILE; several are allowed.",
        Kind.LIST,
        metavar="FORMAT=FILE",
        verbs=("check", *PRODUCTS),
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
    *IMAGE_INPUTS,
    *BUILD_INPUTS,
    *INSPECT_INPUTS,
    *TEST_INPUTS,
    *PUSH_INPUTS,
    *RELEASE_INPUTS,
    *INIT_INPUTS,
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
