"""The one sequence in which a report is shown on GitHub: review, check run, comment, code scanning.

Each part stands for itself: what the token may not do, or GitHub refuses, is said once and the rest goes on. Nothing
here decides anything: the verdict is the report's, whatever GitHub answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from go_release_gate.adapters.github.api import Api, AwayError, DeniedError, GitHubError
from go_release_gate.adapters.github.checks import CheckRun, put_check_run
from go_release_gate.adapters.github.code_scanning import upload_sarif
from go_release_gate.adapters.github.comments import put_comment
from go_release_gate.adapters.github.pulls import PullFile, pull_files
from go_release_gate.adapters.github.reviews import put_review
from go_release_gate.model.report import CheckReport
from go_release_gate.publish.placement import Texts, place
from go_release_gate.publish.target import Target
from go_release_gate.report import annotations as notes
from go_release_gate.report import check_run, comment
from go_release_gate.report.formats import renderer
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.placing import Placed
from go_release_gate.report.review import plan_review


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is wanted on GitHub.

    Attributes:
        check_name: name of the check run; it also tells the comments of several steps apart.
        comment: `auto` (when there is something to say, and until it is mended), `always` or `never`.
    """

    check_run: bool = True
    check_name: str = "go-release-gate findings"
    review: bool = True
    comment: str = "auto"
    upload_sarif: bool = True


@dataclass(frozen=True, slots=True)
class Published:
    """What came of it.

    Attributes:
        places: what was written, in words (`review`, `check run`, `comment`, `code scanning alerts`).
        notices: what could not be written and why, each once; foreign text in it.
        is_annotated: whether every finding stands at its line by way of the interface.
        reviewed: fingerprints of the findings that stand in the review.
        is_away: whether GitHub did not answer in time.
    """

    places: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    is_annotated: bool = False
    reviewed: frozenset[str] = frozenset()
    is_away: bool = False


def publish(report: CheckReport, target: Target, api: Api, wishes: Wishes, texts: Texts | None = None) -> Published:
    """Show the report on GitHub.

    Args:
        report: with paths of the repository, secrets redacted.
        texts: the versions of files that lines are mapped between.
    """
    if not target.can_write:
        return Published(notices=(READ_ONLY,))
    run = _Run(report, target, api, wishes, texts or Texts())
    is_checked = False
    if wishes.review and target.number is not None:
        run.part("review", run.put_review)
    if wishes.check_run:
        is_checked = run.part("check run", run.put_check_run)
    if wishes.comment != "never" and target.number is not None:
        run.part("comment", run.put_comment)
    if wishes.upload_sarif and target.ref and not target.reported_by:
        run.part("code scanning alerts", run.upload)
    return Published(tuple(run.places), tuple(run.said()), is_checked, run.reviewed, bool(run.away))


READ_ONLY = (
    "the token of a fork's pull request can only read: findings are in the log and the summary; a second workflow can "
    "show them on the pull request (annotate.yml)"
)


@dataclass
class _Run:
    """One publication under way."""

    report: CheckReport
    target: Target
    api: Api
    wishes: Wishes
    texts: Texts
    places: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    missing: dict[str, list[str]] = field(default_factory=dict)
    undone: list[str] = field(default_factory=list)
    away: str = ""
    reviewed: frozenset[str] = frozenset()  # fingerprints of the findings that stand as comments

    @cached_property
    def options(self) -> RenderOptions:
        return RenderOptions(reported_by=self.target.reported_by)

    @cached_property
    def author(self) -> str:
        """Asked once: a token that may not be asked who it is has no name."""
        try:
            return self.api.viewer()
        except AwayError:
            raise
        except GitHubError:
            return ""

    @cached_property
    def files(self) -> Mapping[str, PullFile]:
        """The files of the pull request, where anything is to be placed in them."""
        if self.target.number is None or not self.report.findings:
            return {}
        return pull_files(self.api, self.target.number)

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        return place(self.report.findings, self.files, self.texts)

    def part(self, name: str, write: Callable[[], bool]) -> bool:
        """Do one part; False when it could not be done. Only a signal gets past."""
        if self.away:
            self.undone.append(name)
            return False
        try:
            if write():
                self.places.append(name)
        except AwayError as error:
            self.away = error.message
            self.undone.append(name)
        except DeniedError as error:
            if error.needs:
                self.missing.setdefault(error.needs, []).append(name)
            else:
                self.refused[name] = ": ".join(filter(None, (error.message, error.hint)))
        except GitHubError as error:
            self.refused[name] = error.message
        else:
            return True
        return False

    def put_review(self) -> bool:
        """Comments at the changed lines, with suggestions."""
        number = self.target.number or 0
        planned = plan_review(self.placed, self.files, self.options)
        standing = put_review(
            self.api,
            number,
            self.target.head,
            planned.comments,
            planned.overflow,
            self.author,
            key=self.wishes.check_name,
            take_back=self.report.complete,
        )
        self.reviewed = frozenset(planned.fingerprints[mark] for mark in standing if mark in planned.fingerprints)
        return bool(standing)

    def put_check_run(self) -> bool:
        """The verdict, and the findings that stand nowhere else."""
        rest = tuple(item for item in self.placed if item.finding.fingerprint not in self.reviewed)
        run = CheckRun(
            name=self.wishes.check_name,
            head_sha=self.target.head,
            external_id=self.target.key,
            conclusion=check_run.conclusion(self.report, self.options),
            title=check_run.title(self.report, self.options),
            summary=check_run.summary(self.report, self.options),
            text=check_run.text(self.report, self.options),
            annotations=notes.annotations(self.report, rest, self.options),
            details_url=self.target.run or "",
        )
        put_check_run(self.api, run)
        return True

    def put_comment(self) -> bool:
        """The one comment: made when there is something to say, else only brought up to date."""
        is_wanted = self.wishes.comment == "always" or comment.is_worth_a_word(self.report)
        body = comment.render(self.report, self.options)
        number = self.target.number or 0
        return put_comment(self.api, number, self.wishes.check_name, body, self.author, create=is_wanted)

    def upload(self) -> bool:
        """SARIF for code scanning."""
        text = renderer("sarif")(self.report, self.options)
        upload_sarif(self.api, text, commit=self.target.sarif_commit, ref=self.target.ref)
        return True

    def said(self) -> list[str]:
        """What could not be done, each reason once."""
        lines = [
            f"the token may not write the {_and(names)}: grant `{needs}` under `permissions:` of the job"
            for needs, names in self.missing.items()
        ]
        lines += [f"the {name} was not written: {why}" for name, why in self.refused.items()]
        if self.away:
            lines.append(f"{self.away}; not written: {_and(self.undone)}")
        return lines


def _and(names: list[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
