"""The command's frame: verbs, help, usage errors, exit codes, and a light start."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate import __version__
from go_release_gate.cli import app, options
from go_release_gate.cli.complain import plain
from go_release_gate.errors import GateError, InterruptedRun, UnavailableError

SOURCE = Path(__file__).parents[3] / "src"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` says name and version, nothing else."""
    assert app.run(["--version"], {}) == 0
    assert capsys.readouterr() == (f"go-release-gate {__version__}\n", "")


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"]])
def test_help_names_every_verb(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The overview shows each verb with its summary, and the exit codes."""
    assert app.run(words, {}) == 0

    text = capsys.readouterr().out
    assert all(f"  {verb.name}" in text and verb.summary in text for verb in options.VERBS)
    assert "exit codes: 0 pass, 1 findings" in text


def test_nothing_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a verb the overview is shown, and the exit code says that nothing was judged."""
    assert app.run([], {}) == 2
    assert "usage:" in capsys.readouterr().out


@pytest.mark.parametrize("verb", options.VERBS, ids=lambda verb: verb.name)
def test_each_verb_has_help_with_examples(verb: options.Verb, capsys: pytest.CaptureFixture[str]) -> None:
    """`VERB --help` works without required arguments, ends with 0, and shows runnable examples."""
    assert app.run([verb.name, "--help"], {}) == 0

    text = capsys.readouterr().out
    assert text.startswith(f"usage: go-release-gate {verb.name} [options]")
    assert f"  go-release-gate {verb.examples[0][0]}" in text


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        (["chek"], "unknown verb 'chek'", "did you mean check?"),
        (["--chek"], "unknown option '--chek'", "did you mean check?"),
        (["check", "--fale-on", "x"], "unknown option '--fale-on'", "did you mean --fail-on?"),
        (["check", "--sel=x"], "unknown option '--sel'", "did you mean --select?"),
        (["check", "a", "b"], "unknown argument 'b'", "run `go-release-gate check --help`"),
        (["check", "--fail-on", "eror"], "--fail-on: expected one of", "did you mean error?"),
        (["check", "--jobs"], "expected one argument", "run `go-release-gate check --help`"),
        (["check", "--jobs", "two"], "--jobs: expected a whole number", ""),
        (["explain"], "RULE", "run `go-release-gate explain --help`"),
        (["explain", "untidy-modul"], "there is no rule 'untidy-modul'", "did you mean untidy-module?"),
        (["schema", "chek"], "there is no schema of 'chek'", "did you mean check?"),
        (["--completions", "zssh"], "expected bash, zsh or fish", "did you mean zsh?"),
        (["check", "/no/such/place"], "is no directory", ""),
    ],
)
def test_usage_errors(words: list[str], said: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong word exits 2, says what is wrong on standard error and names the nearest right one."""
    assert app.run(words, {}) == 2

    shown = capsys.readouterr()
    assert said in shown.err
    assert hint in shown.err
    assert shown.out == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnavailableError("no Go"), 3),
        (InterruptedRun(15), 143),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("x"), 3),
        (BrokenPipeError(), 3),
    ],
)
def test_every_end_has_its_exit_code(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No error leaves as 1, which means "judged and failed"; a defect says that it is one, without a traceback."""
    monkeypatch.setattr(app, "_silence_standard_output", lambda: None)

    def fail(*_: object) -> int:
        raise error

    monkeypatch.setattr(app, "_dispatch", fail)
    assert app.run(["check"], {}) == code

    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    assert ("defect" in shown) is isinstance(error, ZeroDivisionError)


def test_a_workflow_sees_the_error_at_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a workflow a fault of the configuration is an annotation too, with names from the checkout escaped."""
    (tmp_path / ".go-release-gate.yml").write_text('jobs: 1\n"x%\\n::stop-commands::y##[error]": 1\n', encoding="utf-8")
    assert app.run(["config", str(tmp_path)], {"GITHUB_ACTIONS": "true"}) == 2

    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].startswith("::error file=.go-release-gate.yml,line=2,title=go-release-gate::unknown key")
    assert [line for line in lines if line.startswith("::")] == lines[-1:]
    assert not any("##[" in line for line in lines)


def test_foreign_text_is_harmless() -> None:
    """Control and format characters become visible, nothing looks like a command."""
    assert plain("a\n::warning::b\x1b[31m\u202e##[group]") == "a\\x0a: :warning: :b\\x1b[31m\\u202e# #[group]"


def test_errors_keep_their_hint(capsys: pytest.CaptureFixture[str]) -> None:
    """The second line says what to do."""
    from go_release_gate.cli.complain import complain

    complain(GateError("what", "do this"), {})
    assert capsys.readouterr().err == "go-release-gate: what\n  do this\n"
