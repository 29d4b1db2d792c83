"""What bake files build."""

from __future__ import annotations

from go_release_gate.facts.bake_builds import bake_builds

HCL = """\
variable "GO" { default = "1.25" }
variable "GO_VERSION" {
  default = "1.25"
}
group "default" { targets = ["api"] }
target "_base" {
  platforms = ["linux/amd64", "linux/arm64"]
  args = {
    GO = GO_VERSION
    TAG = "${GO_VERSION}-alpine"
  }
}
target "api" {
  inherits = ["_base"]
  context = "services/api"
  dockerfile = "build/Dockerfile"
  target = "run"
  args = {
    COMMIT = notdefault(X)
  }
}
"""


def test_a_target_takes_from_those_it_inherits() -> None:
    """Platforms and arguments of the base, file and context of its own; the base is no build itself."""
    (found,) = bake_builds("docker-bake.hcl", HCL)

    assert (found.dockerfile, found.context, found.target) == ("services/api/build/Dockerfile", "services/api", "run")
    assert found.platforms == ("linux/amd64", "linux/arm64")
    assert dict(found.arguments) == {"GO": "1.25", "TAG": "1.25-alpine"}
    assert (found.unknown, found.line) == (frozenset({"COMMIT"}), 13)


def test_json_says_the_same() -> None:
    """The JSON form, and what it leaves open."""
    text = '{"target": {"api": {"context": ".", "platforms": ["linux/arm64", "${P}"], "args": {"A": "1"}}}}'
    (found,) = bake_builds("docker-bake.json", text)

    assert (found.dockerfile, found.platforms, found.is_open) == ("Dockerfile", ("linux/arm64",), True)
    assert dict(found.arguments) == {"A": "1"}


def test_no_bake_file_builds_nothing() -> None:
    """Texts that are something else give no build and raise nothing."""
    for text in ("", "{", "[]", '{"target": 3}', 'target "x" {'):
        assert all(not build.arguments for build in bake_builds("docker-bake.json", text))
        assert all(not build.arguments for build in bake_builds("docker-bake.hcl", text))
