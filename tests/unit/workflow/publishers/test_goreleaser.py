"""Names in a GoReleaser file."""

from __future__ import annotations

import pytest

from go_release_gate.shell.unknown import Holes
from go_release_gate.workflow.publishers.goreleaser import fill_template, image_templates, is_prerelease
from go_release_gate.workflow.tree import read_tree

TEXT = b"""\
dockers:
  - image_templates:
      - "acme/shop:{{ .Tag }}"
      - "acme/shop:latest"
    skip_push: auto
  - image_templates: ["acme/off:1"]
    skip_push: true
docker_manifests:
  - name_template: acme/all:{{ .Version }}
dockers_v2:
  - images: [acme/a, acme/b]
    tags: ["v{{ .Major }}", "{{ .Tag }}"]
  - images: [acme/c]
    disable: true
kos:
  - repositories: [ghcr.io/acme]
  - repository: quay.io/acme
    tags: [x]
"""


def test_templates() -> None:
    """Every name with its line; what is switched off is left out."""
    found = [(one.text, one.line, one.skips_prerelease) for one in image_templates(read_tree(TEXT))]

    assert found == [
        ("acme/shop:{{ .Tag }}", 3, True),
        ("acme/shop:latest", 4, True),
        ("acme/all:{{ .Version }}", 9, False),
        ("acme/a:v{{ .Major }}", 12, False),
        ("acme/a:{{ .Tag }}", 12, False),
        ("acme/b:v{{ .Major }}", 12, False),
        ("acme/b:{{ .Tag }}", 12, False),
        ("ghcr.io/acme:latest", 16, False),
        ("quay.io/acme:x", 18, False),
    ]
    assert image_templates(None) == ()


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{{ .Tag }}|{{.Version}}|{{- .RawVersion -}}", "v1.2.3-rc.1+b|1.2.3-rc.1+b|1.2.3"),
        ("{{ .Major }}.{{ .Minor }}.{{ .Patch }} {{ .Prerelease }}", "1.2.3 rc.1"),
        ("{{ .Env.A }} {{ .Env.B }}", "x {{ .Env.B }}"),
        ("{{ if .Prerelease }}a{{ end }}", "{{ if .Prerelease }}a{{ end }}"),
        ("{{ .ShortCommit }}", "{{ .ShortCommit }}"),
    ],
)
def test_filling_in(template: str, name: str) -> None:
    """What the tag tells is filled in, what it does not stays as it is written."""
    holes = Holes()

    assert holes.shown(fill_template(template, "v1.2.3-rc.1+b", {"A": "x"}, holes)) == name


def test_prerelease() -> None:
    """A version with a prerelease part is one."""
    assert [is_prerelease(tag) for tag in ("v1.2.3-rc1", "v1.2.3", "x")] == [True, False, False]
