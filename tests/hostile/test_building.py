"""A fork's pull request against `build`: its text is compiled, and nothing of it runs, reads or writes elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

import pytest

from hostile.conftest import Fork

MAIN = "package main\n\nfunc main() {}\n"
MODULE = "module example.com/shop\n\ngo 1.23\n"
SECRET = "Tr0ub4dor"
PLAIN = {"go.mod": MODULE, "main.go": MAIN}
CGO = 'package main\n\n{directives}import "C"\n\nfunc main() {{ println(C.int(1)) }}\n'
SERVICE = "build:\n  services:\n    - {{name: api, package: {package}{more}}}\n"


def service(more: str = "", package: str = ".") -> str:
    """A configuration with one service."""
    return SERVICE.format(package=package, more=more)


RUNNING: dict[str, dict[str, str]] = {
    "generate": {**PLAIN, "main.go": "package main\n\n//go:generate ./evil\nfunc main() {}\n"},
    "makefile": {**PLAIN, "Makefile": "all build api:\n\t./evil\n", "build.sh": "./evil\n"},
    "dockerfile": {
        **PLAIN,
        "Dockerfile": 'FROM golang:1.23\nSHELL ["./evil"]\nRUN ./evil && go build -toolexec=./evil -o /x .\n',
    },
    "dockerfile-goflags": {
        **PLAIN,
        "Dockerfile": "FROM golang:1.23\nENV GOFLAGS='-toolexec=./evil -overlay=o.json' CC=./evil CGO_ENABLED=1\n"
        "RUN go build -ldflags='-extld=./evil -linkmode=external' .\n",
    },
    "config-env": {
        **PLAIN,
        ".go-release-gate.yml": service(
            ", cgo: true, env: {CC: ./evil, CXX: ./evil, AR: ./evil, PKG_CONFIG: ./evil, GOFLAGS: -toolexec=./evil}"
        ),
    },
    "config-ldflags": {
        **PLAIN,
        ".go-release-gate.yml": service(', ldflags: "-linkmode external -extld ./evil -extldflags -fuse-ld=./evil"'),
    },
    "config-smoke": {
        **PLAIN,
        "main.go": 'package main\n\nimport "os"\n\nfunc main() { os.WriteFile(os.Args[1], nil, 0o644) }\n',
        ".go-release-gate.yml": "build:\n  smoke: [{proof}]\n" + service(", smoke: [{proof}]").removeprefix("build:\n"),
    },
    "prepare": {**PLAIN, ".go-release-gate.yml": "prepare: ./evil\n"},
    "cgo": {
        **PLAIN,
        "main.go": CGO.format(directives="// #cgo CFLAGS: -B. -fplugin=./evil\n// #cgo LDFLAGS: -B. -fuse-ld=evil\n"),
        ".go-release-gate.yml": service(", cgo: true, env: {CGO_CFLAGS: -fplugin=./evil, CGO_LDFLAGS: -fuse-ld=evil}"),
    },
    "pkg-config": {**PLAIN, "main.go": CGO.format(directives="// #cgo pkg-config: evil\n")},
    "toolchain": {**PLAIN, "go.mod": f"{MODULE}\ntoolchain go1.99.9\n"},
    "tool": {
        **PLAIN,
        "go.mod": f"{MODULE.replace('1.23', '1.24')}\ntool example.com/shop/evil\n",
        "evil.d/main.go": MAIN,
    },
    "environment-file": {
        **PLAIN,
        "go.env": "GOFLAGS=-toolexec=./evil\n",
        ".config/go/env": "GOFLAGS=-toolexec=./evil\n",
    },
    "mercurial": {
        **PLAIN,
        ".hg/hgrc": "[hooks]\npre-status = ./evil\n[alias]\nidentify = !./evil\n",
        ".hg/requires": "",
    },
    "programs-in-the-checkout": {**PLAIN, "go": "#!/bin/sh\n./evil\n", "git": "#!/bin/sh\n./evil\n", "gcc": "./evil\n"},
}


def put(fork: Fork, files: Mapping[str, str]) -> None:
    """The files of a pull request, `{proof}` in them filled in; `evil` leaves a proof that it ran."""
    proof = str(fork.repo.parent / "proof")
    fork.write({name: text.replace("{proof}", proof) for name, text in files.items()})
    for name in ("evil", "go", "git", "gcc"):
        if name == "evil" or name in files:
            (fork.repo / name).write_text(f"#!/bin/sh\ntouch {proof}\n")
            (fork.repo / name).chmod(0o755)


@pytest.mark.parametrize("name", RUNNING)
def test_nothing_of_it_runs(fork: Fork, name: str) -> None:
    """Neither what the checkout calls a program, nor what it says of compilers, linkers, tools and hooks."""
    put(fork, RUNNING[name])
    fork.commit()
    path = f"{fork.repo}:{os.environ['PATH']}" if name.startswith("programs") else os.environ["PATH"]
    told = {**fork.event, "PATH": path}
    ran = fork.run("build", "--smoke", "--with-images", **told)
    assert not (fork.repo.parent / "proof").exists(), ran.err
    assert ran.code in (0, 1, 3), ran.err
    assert "defect" not in ran.err


READING: dict[str, tuple[dict[str, str], str]] = {
    "source": (PLAIN, "secret.go"),
    "source-alone": ({"go.mod": MODULE}, "main.go"),
    "assembler": (PLAIN, "secret_amd64.s"),
    "module-file": ({"main.go": MAIN}, "go.mod"),
    "sums": ({**PLAIN, "go.mod": f"{MODULE}\nrequire example.com/dep v1.0.0\n"}, "go.sum"),
    "profile": (PLAIN, "default.pgo"),
    "workspace": (PLAIN, "go.work"),
    "dockerfile": (PLAIN, "Dockerfile"),
    "configuration": (PLAIN, ".go-release-gate.yml"),
    "vendor": ({**PLAIN, "go.mod": f"{MODULE}\nrequire example.com/dep v1.0.0\n"}, "vendor/modules.txt"),
    "embed": (
        {
            **PLAIN,
            "main.go": 'package main\n\nimport _ "embed"\n\n//go:embed s.txt\nvar s string\n\n'
            "func main() { println(s) }\n",
        },
        "s.txt",
    ),
}


@pytest.mark.parametrize("name", READING)
def test_nothing_is_read_through_a_link(fork: Fork, name: str) -> None:
    """A link to a file elsewhere: not a word of it is told, in no form of the report."""
    files, link = READING[name]
    secret = fork.repo.parent / "secret"
    secret.write_text(f"{SECRET} {SECRET} {SECRET} {SECRET}\n")
    put(fork, files)
    fork.link(link, secret)
    fork.commit()
    output = fork.repo.parent / "dist"
    for form in ("text", "json"):
        ran = fork.run("build", "--verbose", "--format", form, "--output-dir", str(output), **fork.event)
        assert SECRET not in ran.out + ran.err
        assert ran.code in (0, 1, 2, 3)
        assert "defect" not in ran.err
    assert not any(SECRET.encode() in file.read_bytes() for file in output.rglob("*") if file.is_file())


ELSEWHERE = {
    "include": {**PLAIN, "a_amd64.s": '#include "{secret}"\n'},
    "include-upwards": {**PLAIN, "a_amd64.s": '#include "../secret"\n', "b_amd64.s": '#include "../../secret"\n'},
    "replaced": {**PLAIN, "go.mod": f"{MODULE}\nrequire example.com/o v0.0.0\n\nreplace example.com/o => ../outside\n",
        "main.go": 'package main\n\nimport "example.com/o"\n\nfunc main() { println(o.S) }\n'},
    "workspace": {**PLAIN, "go.work": "go 1.23\n\nuse (\n\t.\n\t../outside\n)\n",
        "main.go": 'package main\n\nimport "example.com/o"\n\nfunc main() { println(o.S) }\n'},
    "workspace-named": {"go.mod": MODULE, ".go-release-gate.yml": service(", env: {GOWORK: '{outside}/go.work'}"),
        "main.go": 'package main\n\nimport "example.com/o"\n\nfunc main() { println(o.S) }\n'},
    "service": {**PLAIN, ".go-release-gate.yml": service(package="../outside/cmd")},
    "linked-package": {**PLAIN, ".go-release-gate.yml": service(package="linked"), "linked": "-> {outside}/cmd"},
    "linked-import": {**PLAIN, "linked": "-> {outside}/cmd",
        "main.go": 'package main\n\nimport "example.com/shop/linked/../o"\n\nfunc main() { println(o.S) }\n'},
}  # fmt: skip


@pytest.mark.parametrize("name", ELSEWHERE)
def test_nothing_is_read_elsewhere(fork: Fork, name: str) -> None:
    """Files and packages outside the checkout get into no message and no program."""
    outside, secret = fork.repo.parent / "outside", fork.repo.parent / "secret"
    secret.write_text(f"{SECRET} {SECRET}\n")
    for place, text in {
        "go.mod": "module example.com/o\n\ngo 1.23\n",
        "o.go": f'package o\n\nconst S = "{SECRET}"\n',
        "cmd/main.go": f'package main\n\nfunc main() {{ println("{SECRET}") }}\n',
        "go.work": "go 1.23\n\nuse .\n\nuse ../repo\n",
    }.items():
        (outside / place).parent.mkdir(parents=True, exist_ok=True)
        (outside / place).write_text(text)
    for file, text in ELSEWHERE[name].items():
        told = text.replace("{secret}", str(secret)).replace("{outside}", str(outside))
        if told.startswith("-> "):
            fork.link(file, told.removeprefix("-> "))
        else:
            fork.write({file: told})
    fork.commit()
    output = fork.repo.parent / "dist"
    ran = fork.run("build", "--verbose", "--output-dir", str(output), **fork.event)
    assert SECRET not in ran.out + ran.err
    assert ran.code in (1, 2, 3), ran.out + ran.err
    assert "defect" not in ran.err
    assert not any(SECRET.encode() in file.read_bytes() for file in output.rglob("*") if file.is_file())


COMMAND = "\n::set-output name=x::y\n::error::forged\n"
FORGING: dict[str, dict[str, str]] = {
    "directory": {**PLAIN, f"cmd/a{COMMAND.replace('/', '')}b/main.go": MAIN},
    "module-path": {**PLAIN, "go.mod": 'module "example.com/a\\n::error::forged"\n\ngo 1.23\n'},
    "dockerfile-name": {**PLAIN, f"a{COMMAND}.Dockerfile": "FROM golang:1.23\nRUN go build -ldflags=-X=main.a=$A .\n"},
    "service-name": {**PLAIN, ".go-release-gate.yml": 'build: {services: [{name: "api\\n", package: .}]}\n'},
    "output-name": {**PLAIN, ".go-release-gate.yml": service(', output: "a\\n::error::forged"')},
    "platform": {**PLAIN, ".go-release-gate.yml": service(', platforms: ["linux/amd64/a,\\n::error::forged"]')},
    "tags": {**PLAIN, "Dockerfile": "FROM golang:1.23\nRUN go build -tags $'a\\n::error::forged' .\n"},
    "flags": {**PLAIN, ".go-release-gate.yml": service(", ldflags: \"-X main.a='\\n::error::forged\\n' -bad\"")},
    "line-directive": {**PLAIN, "main.go": "package main\n\n//line x\r::error::forged.go:1\nfunc main() { a }\n"},
    "error": {**PLAIN, "main.go": 'package main\n\nimport "\\n::error::forged"\n\nfunc main() {}\n'},
    "module-version": {**PLAIN, "go.mod": f'{MODULE}\nrequire "example.com/b\\n::error::x" v1.0.0\n'},
    "linker-error": {
        **PLAIN,
        "main.go": 'package main\n\nimport _ "unsafe"\n\n//go:linkname f example.com/x.::error::forged\nfunc f()\n\n'
        "func main() { f() }\n",
        "a.s": "",
    },
}


@pytest.mark.parametrize("name", FORGING)
def test_no_command_of_the_log_is_forged(fork: Fork, name: str) -> None:
    """No name and no message begins a line of the log, an output or the summary that a runner would obey."""
    put(fork, FORGING[name])
    fork.commit()
    stepped = fork.step(verb="build")
    lines = [line.lstrip() for line in re.split(r"[\r\n]", stepped.log)]
    assert not [line for line in lines if line.startswith(("::set-output", "::error::"))]
    assert not re.search(r"^(x=|::error)", stepped.output, re.MULTILINE)
    assert stepped.code in (0, 1, 2, 3), stepped.log
    assert "defect" not in stepped.log


@pytest.mark.parametrize("output", ["..", ".", "a\\0b", "../../escaped"])
def test_no_program_lies_elsewhere(fork: Fork, output: str) -> None:
    """The name of a file is one: it leads nowhere."""
    put(fork, {**PLAIN, ".go-release-gate.yml": service(f', output: "{output}"')})
    fork.commit()
    place = fork.repo.parent / "deep" / "dist"
    ran = fork.run("build", "--output-dir", str(place), **fork.event)
    assert ran.code in (2, 3), ran.out + ran.err
    assert "defect" not in ran.err
    assert not list(fork.repo.parent.rglob("escaped*"))


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/stdin", "/proc/self/environ", "."])
def test_odd_files_keep_nobody_waiting(fork: Fork, target: str) -> None:
    """A source file that is a device, or a directory, ends the build, not the patience of the job."""
    put(fork, PLAIN)
    fork.link("odd.go", target)
    fork.link("odd_amd64.s", target)
    fork.commit()
    ran = fork.run("build", **fork.event)
    assert ran.code in (0, 1, 3)
    assert "GITHUB_ACTIONS" not in ran.out + ran.err
