"""Workflows are written by others: whatever a file holds, it is read, evaluated or refused, and never more."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from go_release_gate.facts.workflows import Told, read_workflows
from go_release_gate.rules.workflow import (
    mutable_release_tag,
    push_on_pull_request,
    remote_build_context,
    tag_entry_never_fires,
    wrong_version_recipe,
)
from go_release_gate.shell.script import Script
from go_release_gate.shell.unknown import Holes
from go_release_gate.workflow.expressions.evaluate import Evaluator
from go_release_gate.workflow.patterns import example, matches
from go_release_gate.workflow.runs import Run, contexts
from go_release_gate.workflow.tree import InvalidDocumentError, read_tree

RULES = (mutable_release_tag, push_on_pull_request, remote_build_context, tag_entry_never_fires, wrong_version_recipe)

_TEXTS = st.text(max_size=60)
_EXPRESSIONS = st.lists(
    st.sampled_from(
        [
            "github",
            ".ref",
            ".event.*",
            "env.A",
            "(",
            ")",
            "[",
            "]",
            "'x'",
            "''",
            "0x1F",
            "1e9",
            "!",
            "&&",
            "||",
            "==",
            ",",
            "<",
            "contains(",
            "format('{0}{1}', ",
            "fromJSON(",
            "toJSON(github)",
            "join(",
            "matrix",
            "steps.a.outputs.b",
        ]
    ),
    max_size=30,
).map(" ".join)
_WORDS = st.sampled_from(
    [
        "docker push",
        "docker build --push -t",
        "a/b:c",
        "$X",
        "${X#v}",
        "${GITHUB_REF##*/}",
        "${X:1:2}",
        "${X/a/b}",
        "$(",
        ")",
        "`",
        '"',
        "'",
        "|",
        "&&",
        "\n",
        "if",
        "fi",
        "for i in a; do",
        "done",
        "<<EOF\n",
        "EOF\n",
        ">> $GITHUB_OUTPUT",
        "X=1",
        "echo a=b",
        "\\",
        "{",
        "}",
        "ko build",
        "git describe --tags",
        "git tag | tail -1",
        "${",
        "::set-output name=a::b",
    ]
)
_SCRIPTS = st.lists(_WORDS, max_size=25).map(" ".join)
_ENTRIES = st.lists(
    st.sampled_from(
        [
            "type=semver,pattern={{version}}",
            "type=raw,value=latest,enable={{is_default_branch}}",
            "type=edge",
            '"',
            "type=",
            "type=ref,event=pr",
            "type=raw,value=${{ github.sha }}",
            "type=match,pattern=(",
            "type=sha,priority=x",
            "a,b",
        ]
    ),
    max_size=5,
).map("\n".join)


def _leaf() -> st.SearchStrategy[object]:
    return st.one_of(
        st.none(), st.booleans(), st.integers(), _TEXTS, _EXPRESSIONS.map(lambda text: f"${{{{ {text} }}}}")
    )


_NODES = st.recursive(
    _leaf(),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=8,
)
_STEPS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["a", "b"]),
        "uses": st.sampled_from(
            [
                "actions/checkout@v4",
                "docker/build-push-action@v6",
                "docker/metadata-action@v5",
                "docker/bake-action@v6",
                "goreleaser/goreleaser-action@v6",
                "ko-build/setup-ko@v0",
                "redhat-actions/push-to-registry@v2",
                "",
            ]
        ),
        "run": st.one_of(_SCRIPTS, _NODES),
        "if": st.one_of(_EXPRESSIONS, _NODES),
        "env": st.one_of(st.just({"A": "${{ env.A }}", "X": "v1"}), _NODES),
        "with": st.one_of(
            st.fixed_dictionaries(
                {},
                optional={
                    "images": _TEXTS,
                    "tags": st.one_of(_ENTRIES, _NODES, st.just("${{ steps.a.outputs.tags }}")),
                    "push": st.one_of(_NODES, st.just("true")),
                    "flavor": _TEXTS,
                    "files": st.just("${{ steps.a.outputs.bake-file }}"),
                    "outputs": st.sampled_from(["type=registry", "type=image,name=a,push=true", ""]),
                    "args": st.just("release"),
                },
            ),
            _NODES,
        ),
    },
)
_JOBS = st.fixed_dictionaries(
    {},
    optional={
        "needs": st.one_of(st.sampled_from(["one", "two", ["one", "two"]]), _NODES),
        "if": st.one_of(_EXPRESSIONS, _NODES),
        "uses": st.sampled_from(["./.github/workflows/a.yml", "acme/x/.github/workflows/y.yml@main"]),
        "steps": st.one_of(st.lists(_STEPS, max_size=4), _NODES),
        "strategy": st.one_of(st.just({"matrix": {"a": [1, 2], "include": [{"a": 1, "b": 2}]}}), _NODES),
        "outputs": st.one_of(st.just({"t": "${{ steps.a.outputs.tags }}"}), _NODES),
    },
)
_EVENTS = st.dictionaries(
    st.sampled_from(
        ["push", "pull_request", "pull_request_target", "release", "schedule", "workflow_call", "workflow_dispatch"]
    ),
    st.one_of(st.just({"tags": ["v*"]}), st.just({"branches": ["main", "!x"]}), _NODES),
    max_size=4,
)
_WORKFLOWS = st.fixed_dictionaries(
    {"on": st.one_of(_EVENTS, _NODES), "jobs": st.one_of(st.fixed_dictionaries({"one": _JOBS, "two": _JOBS}), _NODES)},
    optional={"env": _NODES, "defaults": _NODES, "name": _NODES},
)


@settings(max_examples=150, deadline=None)
@given(_WORKFLOWS, _NODES)
def test_any_document_is_judged(document: object, releaser: object) -> None:
    """A document of any shape is read, evaluated for all its events, and judged by every rule, or said to be broken."""
    import yaml

    data = yaml.safe_dump(document, allow_unicode=True).encode("utf-8", "surrogatepass")
    other = yaml.safe_dump({"dockers": [{"image_templates": ["a/b:{{ .Tag }}"]}], "kos": releaser}).encode()

    found = read_workflows(
        [(".github/workflows/a.yml", data)], [(".goreleaser.yml", other)], Told("github.com/acme/shop")
    )

    assert len(found.files) + len([one for one in found.broken if one.path.startswith(".github")]) == 1
    for rule in RULES:
        for draft in rule.RULE.run(found):
            assert draft.location.line is not None
            assert 1 <= draft.location.line <= data.count(b"\n") + 1


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.binary(max_size=200), st.text(alphabet="ab:-[]{}&*!|>'\"#\n <,?%@`\t", max_size=80).map(str.encode))
)
def test_any_bytes_are_a_tree_or_refused(data: bytes) -> None:
    """Bytes are a tree of nodes with lines, or refused with a line; nothing else is raised."""
    lines = 0
    try:
        tree = read_tree(data)
        lines = tree.line if tree else 1
    except InvalidDocumentError as refusal:
        lines = refusal.line

    assert lines >= 1


@settings(max_examples=300, deadline=None)
@given(st.one_of(_EXPRESSIONS, st.text(max_size=80)))
def test_any_text_is_an_expression_or_unknown(source: str) -> None:
    """Any text is evaluated, to a value or to Unknown."""
    evaluator = Evaluator(contexts(Run("push", "refs/tags/v1")), Holes())

    evaluator.value(source)
    evaluator.is_true(source)

    assert isinstance(evaluator.fill(f"a ${{{{ {source} }}}} b"), str)


@settings(max_examples=300, deadline=None)
@given(st.one_of(_SCRIPTS, st.text(max_size=120)))
def test_any_script_is_gone_through(source: str) -> None:
    """Any script gives commands whose lines lie in it."""
    script = Script({"X": "v1.2.3"}, Holes())

    for called in script.called(source):
        assert 0 <= called.line <= source.count("\n")


@given(st.text(alphabet="ab*?+[]!\\/-", max_size=30), st.text(alphabet="ab/", max_size=30))
def test_any_pattern_answers(pattern: str, name: str) -> None:
    """A pattern matches or not, and an example of it is matched by it."""
    matches(pattern, name)
    found = example(pattern)

    assert not found or matches(pattern, found)


def test_hostile_sizes_are_refused_or_bounded() -> None:
    """Deep nesting, aliases that multiply, long chains of operators, stars and substitutions are bounded."""
    bomb = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (name + 1, name + 1, b",".join([b"*%c" % name] * 9)) for name in range(97, 110)
    )
    for data in (bomb, b"[" * 5000, b"- " * 5000, b"a: " * 500):
        try:
            read_tree(data)
        except InvalidDocumentError:
            continue
        raise AssertionError(data[:20])
    evaluator = Evaluator(contexts(Run("push", "refs/heads/main")), Holes())
    for source in (
        "(" * 9000,
        "!" * 9000,
        "a" + "&&a" * 5000,
        "a" + "[0]" * 5000,
        "(a||b)&&" * 40 + "c",
        "env.x&&" * 40 + "1",
    ):
        evaluator.value(source)
        evaluator.is_true(source)
    list(Script({}, Holes()).called("x=" + "$(echo " * 2000))
    assert not matches("*a" * 200, "a" * 500 + "b")
