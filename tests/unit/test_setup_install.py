"""setup/install.sh on runners of several kinds, with programs that stand in for theirs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = """\
#!/bin/sh
# a Python of some version, with or without pip
case "$2" in
  "import sys; sys.exit"*) exit {old} ;;
  "import sys; print"*) echo "$0"; exit 0 ;;
esac
case "$*" in
  "-m pip --version") exit {pipless} ;;
  "-m pip "*) echo "pip user=$PIP_USER venv=$PIP_REQUIRE_VIRTUALENV $*" >>"$LOG"
    while [ "$1" != --target ]; do shift; done; mkdir -p "$2"; exit ${{PIP_FAILS:-0}} ;;
  *) printf '<%s>' "$@" ;;
esac
"""
TOOLS = ("dirname", "rm", "mkdir", "cp", "chmod", "touch", "cat")


class Runner:
    """A runner's programs, its places, and the tool's checkout."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temp = folder / "with a blank" / "_temp"
        self.temp.mkdir(parents=True)
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in TOOLS:
            found = shutil.which(name)
            assert found
            (self.bin / name).symlink_to(found)
        tool = folder / "actions/tool"
        for name in ("setup/install.sh", "entrypoint.py", "requirements/runtime.txt"):
            (tool / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tool / name)
        (tool / "src/go_release_gate").mkdir(parents=True)
        (tool / "src/go_release_gate/__init__.py").touch()
        self.script = tool / "setup/install.sh"

    def python(self, name: str, *, old: bool = False, pipless: bool = False) -> Path:
        """Put a Python on PATH."""
        path = self.bin / name
        path.write_text(PYTHON.format(old=int(old), pipless=int(pipless)))
        path.chmod(0o755)
        return path

    def install(self, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the script as the action's step does."""
        env = {
            "PATH": str(self.bin),
            "RUNNER_TEMP": str(self.temp),
            "RUNNER_OS": "Linux",
            "GITHUB_PATH": str(self.folder / "path"),
            "LOG": str(self.folder / "log"),
            **more,
        }
        bash = shutil.which("bash")
        assert bash
        words = [bash, "--noprofile", "--norc", "-eo", "pipefail", str(self.script)]
        return subprocess.run(words, env=env, capture_output=True, text=True, check=False)

    @property
    def log(self) -> list[str]:
        """What pip was asked for."""
        path = self.folder / "log"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A runner without any Python."""
    return Runner(tmp_path)


@pytest.mark.parametrize("system", ["Linux", "macOS", ""])
def test_the_command_is_on_the_path(runner: Runner, system: str) -> None:
    """What the step wrote to GITHUB_PATH holds a command that starts the tool with this Python, apart from all others;
    a folder with a blank in its name does not break it."""
    python = runner.python("python3")
    done = runner.install(RUNNER_OS=system)
    assert done.returncode == 0, done.stdout + done.stderr
    place = (runner.folder / "path").read_text().strip()
    assert Path(place).parent.parent == runner.temp
    started = subprocess.run(
        [f"{place}/go-release-gate", "step", "a b"], env={"LOG": os.devnull}, capture_output=True, text=True, check=True
    )
    assert started.stdout == f"<-I><{Path(place).parent / 'entrypoint.py'}><step><a b>"
    assert python.exists()
    (asked,) = runner.log
    assert "--require-hashes --no-deps --only-binary :all: --target" in asked
    assert asked.startswith("pip user=0 venv=0 ")


def test_a_second_step_of_the_job_installs_nothing(runner: Runner) -> None:
    """The command is there already; only PATH is told again."""
    runner.python("python3")
    assert [runner.install().returncode for _ in range(2)] == [0, 0]
    assert len(runner.log) == 1
    assert len((runner.folder / "path").read_text().splitlines()) == 2


def test_what_was_broken_off_is_begun_anew(runner: Runner) -> None:
    """Where pip failed nothing counts as installed."""
    runner.python("python3")
    assert runner.install(PIP_FAILS="1").returncode == 1
    assert not (runner.folder / "path").exists()
    assert runner.install().returncode == 0
    assert len(runner.log) == 2


@pytest.mark.parametrize("has_old", [False, True])
def test_python_without_a_three_does(runner: Runner, has_old: bool) -> None:
    """Where python3 is missing or old, `python` is asked."""
    if has_old:
        runner.python("python3", old=True)
    python = runner.python("python")
    assert runner.install().returncode == 0
    launcher = runner.temp / "go-release-gate-tool/bin/go-release-gate"
    assert f'exec "{python}" -I' in launcher.read_text()


def test_a_python_that_was_named_is_the_only_one(runner: Runner) -> None:
    """PYTHON3 counts alone: no other is taken instead of it."""
    runner.python("python3")
    runner.python("python")
    old = runner.python("mine", old=True)
    done = runner.install(PYTHON3=str(old))
    assert done.returncode == 3
    assert done.stdout.startswith(f"::error::go-release-gate: {old} is missing or older than 3.11")
    new = runner.python("mine")
    assert runner.install(PYTHON3=str(new)).returncode == 0


def test_without_python_it_says_what_to_do(runner: Runner) -> None:
    """An annotation and exit 3: nothing could be judged."""
    done = runner.install()
    assert done.returncode == 3
    assert "python3 is missing or older than 3.11; set PYTHON3, or run actions/setup-python first" in done.stdout


def test_without_pip_it_says_what_to_do(runner: Runner) -> None:
    """A bare Python of a distribution has none."""
    runner.python("python3", pipless=True)
    done = runner.install()
    assert done.returncode == 3
    assert "python3 has no pip" in done.stdout
    assert runner.log == []


@pytest.mark.parametrize(
    ("system", "machine", "words"),
    [
        ("Windows", "X64", "it does not run on Windows"),
        ("macOS", "X64", "a locked requirement has no wheel for Macs with Intel's processors"),
    ],
)
def test_what_cannot_work_is_refused_at_once(runner: Runner, system: str, machine: str, words: str) -> None:
    """No half-installed command, and no traceback later."""
    runner.python("python3")
    done = runner.install(RUNNER_OS=system, RUNNER_ARCH=machine)
    assert done.returncode == 3
    assert f"::error::go-release-gate: {words}" in done.stdout
    assert not (runner.temp / "go-release-gate-tool").exists()
