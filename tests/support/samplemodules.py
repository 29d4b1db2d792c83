"""Two small modules for the suites that run the whole program: one tidy, one not."""

from __future__ import annotations

from support.moduleproxy import ModuleProxy

DEPENDENCY = "example.com/greet@v1.2.0"
PUBLISHED = {DEPENDENCY: {"greet.go": b"package greet\n\nfunc Hello() {}\n"}}
MAIN = 'package main\n\nimport "example.com/greet"\n\nfunc main() { greet.Hello() }\n'
GONE = "example.com/gone v0.1.0/go.mod h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"


def clean_module(proxy: ModuleProxy) -> dict[str, str]:
    """Files of a module that is tidy; `proxy` publishes PUBLISHED."""
    return {
        "go.mod": "module example.com/shop\n\ngo 1.23\n\nrequire example.com/greet v1.2.0\n",
        "go.sum": proxy.sum_text(DEPENDENCY),
        "main.go": MAIN,
    }


def untidy_module(proxy: ModuleProxy) -> dict[str, str]:
    """The same with the dependency marked indirect (go.mod, line 5) and a checksum too many."""
    files = clean_module(proxy)
    files["go.mod"] = files["go.mod"].replace("v1.2.0\n", "v1.2.0 // indirect\n")
    files["go.sum"] += GONE
    return files


def vendored_module(proxy: ModuleProxy) -> dict[str, str]:
    """The tidy module with a vendor directory in step."""
    listed = "# example.com/greet v1.2.0\n## explicit\nexample.com/greet\n"
    copied = {f"vendor/example.com/greet/{name}": data.decode() for name, data in PUBLISHED[DEPENDENCY].items()}
    return {**clean_module(proxy), **copied, "vendor/modules.txt": listed}
