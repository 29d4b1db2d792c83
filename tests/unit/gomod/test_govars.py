"""What Go files declare at package level."""

from __future__ import annotations

import subprocess
from pathlib import Path

from go_release_gate.gomod.govars import declared, package_name

SOURCE = b"""// Package main is one.
package main // it is

import ("os"; "time")

/* var Hidden string
*/
var Version, commit string = "a", f("x, y")
var (
	Date string // when
	count = 3
	table = map[string]string{
		"a": "b",
	}
	multi = "a" +
		"b"
)

const Fixed = "c"

type T struct{ X string }

func (t T) Method() { var inner = `var Raw string
` }

func Plain() { var local string }

var last = os.Getenv("x")
"""


def test_names_of_a_file() -> None:
    """Groups, lists and continued lines are taken apart; nothing inside functions, comments and strings is declared."""
    found = {one.name: (one.kind, one.line, one.type) for one in declared(SOURCE)}

    assert found == {
        "Version": ("var", 8, "string"),
        "commit": ("var", 8, "string"),
        "Date": ("var", 10, "string"),
        "count": ("var", 11, ""),
        "table": ("var", 12, ""),
        "multi": ("var", 15, ""),
        "Fixed": ("const", 19, ""),
        "T": ("type", 21, "struct{Xstring}"),
        "Plain": ("func", 26, ""),
        "last": ("var", 28, ""),
    }
    assert package_name(SOURCE) == "main"


def test_initialisers() -> None:
    """Each name of a list has its own initialiser; none is none."""
    found = {one.name: one.initial and [word.text for word in one.initial] for one in declared(SOURCE)}

    assert found["Date"] is None
    assert found["Version"] == ['"a"']
    assert found["commit"] == ["f", "(", '"x, y"', ")"]
    assert found["multi"] == ['"a"', "+", '"b"']


def test_broken_source_ends() -> None:
    """What is cut off anywhere gives what could be read, and raises nothing."""
    for size in range(len(SOURCE)):
        declared(SOURCE[:size])


def test_package_variables_of_the_standard_library(tmp_path: Path) -> None:
    """The names are those that Go's own parser finds, in every file of a few large packages."""
    program = tmp_path / "main.go"
    program.write_text(_ORACLE)
    goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    files = [
        file
        for name in ("time", "net", "net/http", "os", "text/template")
        for file in Path(goroot, "src", name).glob("*.go")
    ]
    done = subprocess.run(
        ["go", "run", program], input="\n".join(map(str, files)), capture_output=True, text=True, check=True
    )
    expected = sorted(done.stdout.splitlines())

    found = [f"{file}:{one.line} {one.kind} {one.name}" for file in files for one in declared(file.read_bytes())]

    assert sorted(found) == expected


_ORACLE = """package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
)

func main() {
	names := bufio.NewScanner(os.Stdin)
	for names.Scan() {
		name := names.Text()
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			panic(err)
		}
		say := func(kind string, id *ast.Ident) {
			fmt.Printf("%s:%d %s %s\\n", name, set.Position(id.Pos()).Line, kind, id.Name)
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					say("func", d.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.ValueSpec:
						for _, id := range s.Names {
							say(d.Tok.String(), id)
						}
					case *ast.TypeSpec:
						say("type", s.Name)
					}
				}
			}
		}
	}
}
"""
