"""Images named by files: which form, at which place, and what is left out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.oci.manifests.scan import combined, is_passed_over, is_sample, scan
from go_release_gate.oci.manifests.use import Part, is_placeholder

POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: %s\n"


def texts(path: str, text: str, charts: tuple[str, ...] = ()) -> list[tuple[str, int, int]]:
    """Reference, line and column of each image of one file."""
    return [(use.text, use.line, use.column) for use in combined([scan(path, text, charts)])]


@pytest.mark.parametrize(
    ("written", "text", "column"),
    [("acme/shop:1", "acme/shop:1", 14), ('"acme/shop:1" # x', "acme/shop:1", 15), ("'acme/shop'", "acme/shop", 15)],
)
def test_place_is_that_of_the_first_character(written: str, text: str, column: int) -> None:
    """The column is the name's, behind its quote."""
    assert texts("pod.yaml", POD % written) == [(text, 5, column)]


@pytest.mark.parametrize("before", ["---\n", "# note\n---\n", "a: 1\n--- # second\n", "{{ broken\n---\n"])
def test_documents_of_one_file_stand_alone(before: str) -> None:
    """Lines count from the file's start, and a document that is no YAML hides none of the others."""
    assert texts("pod.yaml", before + POD % "acme/shop") == [("acme/shop", before.count("\n") + 5, 14)]


def test_every_list_of_containers_is_found() -> None:
    """Pod templates at any path of any kind, image volumes, a List of objects, and patches."""
    spec = "{initContainers: [{image: a/b}], ephemeralContainers: [{image: a/c}], containers: [{image: a/d}], %s}"
    volumes = "volumes: [{name: v, image: {reference: a/e}}, {name: w}]"
    custom = f"apiVersion: example.com/v1\nkind: Shop\nspec:\n  deep: {{pod: {spec % volumes}}}\n"
    assert [text for text, _, _ in texts("x.yaml", custom)] == ["a/b", "a/c", "a/d", "a/e"]
    listed = "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, spec: {containers: [{image: a/f}]}}]\n"
    assert [text for text, _, _ in texts("x.yaml", listed)] == ["a/f"]
    patch = "- {op: replace, path: /spec/template/spec/containers/0/image, value: a/g}\n- {op: remove, path: /x}\n"
    assert [text for text, _, _ in texts("patch.yaml", patch)] == ["a/g"]


def test_what_only_describes_names_nothing() -> None:
    """A definition of a custom resource, an interface description and unknown YAML have no images."""
    schema = POD.replace("kind: Pod", "kind: CustomResourceDefinition") % "a/b"
    assert texts("crd.yaml", schema) == []
    assert texts("crds.yaml", "apiVersion: v1\nkind: List\nitems:\n- " + schema.replace("\n", "\n  ").rstrip(" ")) == []
    assert texts("api.yaml", "openapi: 3.0.0\ncomponents: {containers: [{image: a/b}]}\n") == []
    assert texts("ci.yaml", "image: a/b\nservices: {x: {image: a/c}}\n") == []


def test_custom_resources_that_run_images_elsewhere() -> None:
    """Steps of Tekton and containers of Argo count in their own groups and in no other."""
    step = "apiVersion: %s/v1\nkind: Task\nspec: {steps: [{image: a/b}]}\n"
    assert texts("x.yaml", step % "tekton.dev") == [("a/b", 3, 24)]
    assert texts("x.yaml", step % "example.com") == []
    argo = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: {templates: [{container: {image: a/b}}]}\n"
    assert texts("x.yaml", argo) == [("a/b", 3, 40)]


def test_an_alias_is_the_place_it_names() -> None:
    """What aliases and merge keys repeat is found once, where it is written."""
    text = (
        "x-app: &app\n  image: a/b\nservices:\n  one: *app\n  two:\n    <<: *app\n"
        "  three:\n    <<: [*app]\n    image: a/c\n"
    )
    assert texts("compose.yaml", text) == [("a/b", 2, 10), ("a/c", 9, 12)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [("${A:-a/b}", ["a/b"]), ("${A-a/b}:1", ["a/b:1"]), ("${A}/b", []), ("${A:?no}/b", []), ("$A/b", []), ("a$$b", [])],
)
def test_variables_of_compose(written: str, expected: list[str]) -> None:
    """A default stands in for its variable; a variable without one makes the name unknown."""
    assert [text for text, _, _ in texts("compose.yaml", f"services: {{x: {{image: '{written}'}}}}")] == expected


def test_a_substituted_name_is_not_corrected_in_place() -> None:
    """No line is offered to be rewritten where the file's text is not the name."""
    (use,) = combined([scan("compose.yaml", "services: {x: {image: '${A:-A/b}'}}")])
    assert use.name.rewritten("a/b") == ""


def test_values_by_their_shapes() -> None:
    """Mappings under a key that ends in image, with repository and tag, and texts; addresses of git are none."""
    text = """
image: {registry: ghcr.io, repository: acme/shop, tag: 1.10}
sidecarImage: acme/side:1
controller: {repository: acme/ctl, tag: v1}
git: {repository: "https://example.com/x", tag: v1}
chart: {repository: acme/none}
pullImage: ""
imagePullPolicy: Always
db: {image: {name: acme/db, tag: "2", digest: ""}}
"""
    found = [text for text, _, _ in texts("chart/values.yaml", text)]
    assert found == ["ghcr.io/acme/shop:1.10", "acme/side:1", "acme/ctl:v1", "acme/db:2"]


def test_templates_are_read_by_line() -> None:
    """In a chart's templates plain lines count; a line with an action is unknown, never guessed."""
    text = (
        "apiVersion: v1\nkind: Pod\n{{ if .x }}\n  - image: acme/shop:1 # x\r\n"
        "    image: acme/{{ .y }}\n    image: {{ .z }}\n"
    )
    assert texts("chart/templates/pod.yaml", text, ("chart",)) == [("acme/shop:1", 4, 12)]


def test_stages_of_a_dockerfile() -> None:
    """Stages, variables, scratch, here-documents and continued lines are no images; the escape may be another."""
    text = (
        "# escape=`\nARG X\nFROM golang:1 AS Build\nFROM build\nFROM $X\nFROM scratch\n"
        "RUN <<-A <<B\nFROM no/a\n\tA\nFROM no/b\nB\nRUN x `\nFROM no/c\n"
        "from --platform=linux/amd64 Acme/shop\r\nFROM acme/last AS x"
    )
    assert texts("Dockerfile", text) == [("golang:1", 3, 6), ("Acme/shop", 14, 29), ("acme/last", 15, 6)]


def test_a_kustomization_replaces_what_it_draws_in() -> None:
    """Overlays and components mark the images of drawn files, whatever their tag; others stay as they are."""
    overlay = "resources: [../base]\ncomponents: [../part]\nimages: [{name: a/b, newTag: v1}]\n"
    files = {
        "base/kustomization.yaml": "resources: [pod.yaml]\n",
        "base/pod.yaml": POD % "a/b:latest" + "    - image: a/c@sha256:1\n    - image: a/d\n",
        "part/kustomization.yaml": "images: [{name: a/c, digest: x}, {name: a/d}]\n",
        "over/kustomization.yaml": overlay,
        "else/pod.yaml": POD % "a/b:latest",
    }
    uses = list(combined([scan(path, text) for path, text in files.items()]))
    assert [use.text for use in uses if use.is_overridden] == ["a/b:latest", "a/c@sha256:1"]


def test_what_a_build_tool_fills_in() -> None:
    """Names of skaffold's artifacts are replaced before they are deployed."""
    skaffold = "apiVersion: skaffold/v4beta11\nkind: Config\nbuild: {artifacts: [{image: acme/shop}]}\n"
    (use,) = combined([scan("skaffold.yaml", skaffold), scan("pod.yaml", POD % "acme/shop")])
    assert use.is_overridden


@pytest.mark.parametrize(
    "text",
    ["$IMAGE", "<image>", "{{ x }}", "IMAGE", "gcr.io/PROJECT_ID/a", "ko://example.com/a", "your-registry.example/a",
     "a/b:VERSION", "@IMG@", "REPLACE_ME", "changeme/shop", "NGINX", ""],
)  # fmt: skip
def test_placeholders(text: str) -> None:
    """Texts that something fills in are known as such."""
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    ["Acme/shop", "ghcr.io/ACME/shop:1", "a/b:1.0-SNAPSHOT", "a/b:2024-01-02", "my-app", "todo-app:1", "a/b:V1",
     "ghcr.io/acme/user-service", "NGINX:1.25"],
)  # fmt: skip
def test_names_that_are_no_placeholders(text: str) -> None:
    """Real names, wrong ones too, are not taken for placeholders."""
    assert not is_placeholder(text)


def test_directories_that_do_not_deploy() -> None:
    """Documents and tests are passed over, examples are told apart; a file's own name decides nothing."""
    assert is_passed_over("a/docs/b.yaml")
    assert is_passed_over("E2E/b.yaml")
    assert not is_passed_over("deploy/docs.yaml")
    assert is_sample("examples/a/b.yaml")
    assert not is_sample("deploy/example.yaml")


def test_unreadable_manifests_are_said() -> None:
    """A broken object is named with its line; broken YAML of another kind is nobody's matter."""
    assert [line for line, _ in scan("a.yaml", "a: 1\n---\nkind: Pod\nimage: [\n").unreadable] == [5]
    assert scan("other.yaml", "image: [").unreadable == []


def test_rewritten_keeps_the_rest_of_the_line() -> None:
    """Comment, quotes and line end stay."""
    assert Part("A/b", 1, 9, 'image: "A/b" # x\r\n').rewritten("a/b") == 'image: "a/b" # x\r\n'
    assert Part("A/b", 1, 9, "image: other\n").rewritten("a/b") == ""


@given(st.text(alphabet=st.sampled_from("aA-:/@{}[]&*<!|>'\"#\n\t ?,.%\x00\ud800é\u2028"), max_size=60))
def test_nothing_in_a_file_is_an_error(noise: str) -> None:
    """Whatever the text, it gives images or none."""
    for path in (
        "Dockerfile",
        "compose.yaml",
        "values.yaml",
        "kustomization.yaml",
        ".github/workflows/a.yml",
        "a.yaml",
    ):
        text = f"apiVersion: v1\nkind: Pod\nimage: {noise}\nservices: {noise}\n"
        found = scan(path, text, {"."})
        lines = len(re.split("\r\n|[\n\r\x85\u2028\u2029]", text))
        assert all(use.path == path and 1 <= use.line <= lines for use in found.uses)
        assert all(1 <= line <= lines for line, _ in found.unreadable)


@pytest.mark.parametrize(
    ("text", "uses", "said"),
    [
        (
            "a0: &a0 {image: x}\n" + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 99)),
            1,
            "",
        ),
        ("image: " + "[" * 50_000, 0, "deeper than"),
        ("image: [" + "x," * 200_000 + "]", 0, "more than"),
    ],
    ids=["merges", "depth", "entries"],
)
def test_bombs_are_bounded(text: str, uses: int, said: str) -> None:
    """Merges that double give what they name once; nesting and entries without end are cut off, and it is said."""
    found = scan("values.yaml", text)
    assert len(found.uses) == uses
    assert [why for _, why in found.unreadable if said and why.startswith(said)] == [why for _, why in found.unreadable]
    assert bool(found.unreadable) == bool(said)
