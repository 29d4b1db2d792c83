"""Sample reports: one per kind of verdict, a large one, and one in which every string is chosen by the test."""

from __future__ import annotations

from dataclasses import replace

from go_release_gate.model.finding import Edit, Finding, Fix, Location, Related, Target
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome, Verdict
from go_release_gate.model.report import (
    CheckReport,
    ModuleAnswer,
    Subject,
    Suppressed,
    TidyAnswer,
    VerifyAnswer,
)
from go_release_gate.model.severity import Confidence, Event, Severity

PASS, FAIL, UNAVAILABLE, NONE = Outcome.PASS, Outcome.FAIL, Outcome.UNAVAILABLE, Outcome.NOT_APPLICABLE
DOCS = "https://github.com/acme/go-release-gate/blob/main/docs/rules"
SUBJECT = Subject(
    repository="acme/shop",
    commit="1f" * 20,
    ref="refs/pull/7/merge",
    event=Event.PULL_REQUEST,
    base="2e" * 20,
    config="sha256:" + "0" * 64,
    run="https://github.com/acme/shop/actions/runs/99",
)
DIFF = """\
diff current/services/api/go.mod tidy/services/api/go.mod
--- current/services/api/go.mod
+++ tidy/services/api/go.mod
@@ -5,5 +5,5 @@
 require (
-\texample.com/left v1.4.0
+\texample.com/right v0.2.1
 \texample.com/shop/lib v0.0.0
 )
"""


def module(directory: str, tidy: Outcome = PASS, verify: Outcome = PASS, vendor: Outcome = NONE) -> ModuleAnswer:
    """A module of the sample repository."""
    path = "example.com/shop" if directory == "." else f"example.com/shop/{directory}"
    kind = "untidy" if tidy is FAIL else None
    return ModuleAnswer(directory, path, TidyAnswer(tidy, kind), VerifyAnswer(verify, 214, 212, 2, 48_300_000), vendor)


def finding(rule: str, message: str, severity: Severity = Severity.ERROR, **more: object) -> Finding:
    """A finding in services/api, unless `more` says otherwise."""
    base = Finding(
        rule=rule,
        severity=severity,
        confidence=Confidence.HIGH,
        message=message,
        target=Target("module", "services/api"),
        location=Location("services/api/go.mod", 7, 7, 1),
        module="services/api",
        help_url=f"{DOCS}/{rule}.md",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def passing() -> CheckReport:
    """Two modules, nothing found."""
    return CheckReport(
        version="0.1.0",
        go="go1.26.8",
        subject=SUBJECT,
        verdict=Verdict.PASS,
        complete=True,
        modules=(module("."), module("lib")),
        timings={"discover": 0.012, "tidy": 0.7, "verify": 0.4, "total": 1.234},
    )


def failing() -> CheckReport:
    """Five modules, three with findings of every severity, one unavailable; something of everything."""
    untidy = finding(
        "untidy-module",
        "example.com/right v0.2.1 is imported but not required; run `go mod tidy`",
        related=(
            Related("imported here (linux)", Location("services/api/internal/db/db.go", 12)),
            Related("added by the test of example.com/shop/lib"),
        ),
        command="go -C services/api mod tidy",
        fix=Fix(True, (Edit("services/api/go.mod", 7, 7, "\texample.com/right v0.2.1\n"),)),
        owners=("@acme/api",),
        state="new",
    )
    vendor = finding(
        "stale-vendor",
        "vendor/modules.txt lacks example.com/right v0.2.1; run `go mod vendor`",
        Severity.WARNING,
        location=Location("services/api/vendor/modules.txt"),
        command="go -C services/api mod vendor",
    )
    note = finding(
        "retracted-version",
        "example.com/old v1.0.3 was retracted: published by mistake",
        Severity.NOTE,
        module=".",
        target=Target("module", "."),
        location=Location("go.mod", 9, 9),
    )
    workspace = finding(
        "workspace-missing-member",
        "go.work names tools/gen, where there is no module",
        module=None,
        target=Target("workspace", "."),
        location=Location("go.work", 4),
    )
    api = module("services/api", FAIL, PASS, FAIL)
    pay = replace(
        module("services/pay", UNAVAILABLE, UNAVAILABLE),
        error=ModuleError(
            ErrorClass.NETWORK, "proxy.example.com does not answer", "is GOPROXY right?", "proxy.example.com"
        ),
    )
    return replace(
        passing(),
        verdict=Verdict.FAIL,
        complete=False,
        modules=(
            module("."),
            replace(api, tidy=TidyAnswer(FAIL, "untidy", DIFF), reasons=(11, 12)),
            replace(module("lib"), verify=VerifyAnswer(PASS, 3, 3, 0, 90_000, ("example.com/left@v1.4.0",))),
            pay,
            module("services/mail", PASS, PASS, PASS),
        ),
        findings=(workspace, untidy, vendor, note),
        suppressed=(Suppressed(finding("local-replace", "replaced by ../lib"), "inline", "developed together"),),
        skipped=(("testdata/bad", "testdata"), ("third_party", "excluded"), ("lib/testdata", "testdata")),
        notices=("children run as uid 1001",),
        patch=DIFF,
    )


def unavailable() -> CheckReport:
    """Three modules behind one dead host; the fourth is well."""
    error = ModuleError(
        ErrorClass.AUTH, "git.example.com refused the login", "set module-credentials", "git.example.com"
    )
    dead = (replace(module(name, UNAVAILABLE, NONE), error=error) for name in ("a", "b", "c"))
    return replace(passing(), verdict=Verdict.UNAVAILABLE, complete=False, modules=(*dead, module("d")))


def large(modules: int = 60, findings_each: int = 30, diff_bytes: int = 60_000) -> CheckReport:
    """Many modules with many findings and long diffs."""
    line = "+\texample.com/added v1.2.3 h1:0123456789abcdef0123456789abcdef0123456789a=\n"
    diff = "@@ -1 +1 @@\n" + line * (diff_bytes // len(line))
    names = [f"services/s{number:03}" for number in range(modules)]
    findings = [
        finding(
            "untidy-module", f"example.com/p{number} is not required", module=name, command=f"go -C {name} mod tidy"
        )
        for name in names
        for number in range(findings_each)
    ]
    answers = tuple(replace(module(name, FAIL), tidy=TidyAnswer(FAIL, "untidy", diff)) for name in names)
    return replace(passing(), verdict=Verdict.FAIL, modules=answers, findings=tuple(findings), patch=diff * modules)


def spoken(foreign: str) -> CheckReport:
    """The failing report with `foreign` in every place that a checkout, Go or a host can fill."""
    report = failing()
    findings = tuple(
        replace(
            item,
            message=foreign,
            module=item.module and foreign,
            target=Target(item.target.kind, foreign),
            location=replace(item.location, path=foreign),
            related=(Related(foreign, Location(foreign, 3)), Related(foreign)),
            command=foreign,
            help_url=item.help_url,
            owners=(foreign,),
            fix=Fix(True, (Edit(foreign, 1, 1, foreign),)),
        )
        for item in report.findings
    )
    modules = tuple(
        replace(
            answer,
            dir=foreign,
            path=foreign,
            tidy=replace(answer.tidy, diff=foreign),
            verify=replace(answer.verify, healed=(foreign,)),
            error=answer.error and replace(answer.error, message=foreign, hint=foreign, path=foreign),
        )
        for answer in report.modules
    )
    return replace(
        report,
        subject=replace(SUBJECT, repository=foreign, ref=foreign, base=foreign),
        findings=findings,
        modules=modules,
        suppressed=(Suppressed(findings[0], "inline", foreign),),
        skipped=((foreign, "testdata"),),
        notices=(foreign,),
        patch=foreign,
    )
