"""The service that is released: a module without dependencies, its tests, and its Dockerfile."""

from __future__ import annotations

MAIN = """\
// Command shop says which release it is.
package main

import (
	"fmt"
	"io"
	"os"
)

// version is set when an image is built.
var version = "unreleased"

// broken is the environment that this release does not stand.
var broken = "{broken}"

func main() {
	os.Exit(run(os.Getenv("ENVIRONMENT"), os.Stdout))
}

// run says what runs where, and gives the exit code.
func run(environment string, out io.Writer) int {
	if environment == broken {
		fmt.Fprintln(out, "shop", version, "does not stand", environment)
		return 1
	}
	fmt.Fprintln(out, "shop", version, "in", place(environment))
	return 0
}

func place(environment string) string {
	if environment == "" {
		return "no environment"
	}
	return environment
}
"""
TEST = """\
package main

import (
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	var out strings.Builder
	broken = "there"
	for environment, code := range map[string]int{"here": 0, "there": 1, "": 0} {
		if found := run(environment, &out); found != code {
			t.Errorf("run(%q) = %d, expected %d", environment, found, code)
		}
	}
	if !strings.Contains(out.String(), "in no environment") {
		t.Error(out.String())
	}
}
"""
DOCKERFILE = """\
FROM {go} AS build
WORKDIR /src
COPY go.mod ./
COPY *.go ./
ARG VERSION=unreleased
ENV CGO_ENABLED=0 GOFLAGS="-trimpath -buildvcs=false -ldflags=-X=main.version=${VERSION}"
RUN ["go", "build", "-o", "/out/shop", "."]

FROM scratch
COPY --from=build /out/shop /shop
USER 65532:65532
ENTRYPOINT ["/shop"]
"""


def files(go: str) -> dict[str, str]:
    """The whole repository; `go`: reference of the image to build in."""
    return {
        "go.mod": "module example.com/acme/shop\n\ngo 1.26\n",
        "main.go": main(),
        "main_test.go": TEST,
        "Dockerfile": DOCKERFILE.replace("{go}", go),
        ".dockerignore": ".git\n",
    }


def main(broken: str = "nowhere") -> str:
    """The program; `broken`: the environment it does not stand, as no test finds out."""
    return MAIN.replace("{broken}", broken)


UNTIDY = {"go.sum": "example.com/gone v0.1.0/go.mod h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"}
UNTESTED = {"main_test.go": TEST.replace('"here": 0', '"here": 1')}


def unbuildable(go: str) -> dict[str, str]:
    """A Dockerfile that builds a package that is not there."""
    return {"Dockerfile": files(go)["Dockerfile"].replace('"/out/shop", "."', '"/out/shop", "./gone"')}
