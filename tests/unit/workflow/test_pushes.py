"""What a workflow pushes on an event."""

from __future__ import annotations

import pytest

from go_release_gate.shell.unknown import Unknown
from go_release_gate.workflow.document import read_workflow
from go_release_gate.workflow.publishers.goreleaser import image_templates
from go_release_gate.workflow.publishers.steps import Around
from go_release_gate.workflow.pushes import Push, Surroundings, pushes
from go_release_gate.workflow.runs import Run, pull_request
from go_release_gate.workflow.tree import read_tree

TAG = Run("push", "refs/tags/v1.2.3", repository="acme/shop")
MAIN = Run("push", "refs/heads/main", repository="acme/shop", sha="d" * 40)
HEAD = "on: [push, pull_request]\nenv: {IMAGE: acme/shop}\njobs:\n"


def found(text: str, run: Run = TAG, head: str = HEAD, **more: object) -> tuple[Push, ...]:
    """What the jobs of `text` push."""
    return pushes(read_workflow("w.yml", (head + text).encode()), run, Surroundings(**more))  # type: ignore[arg-type]


def names(text: str, run: Run = TAG, head: str = HEAD, **more: object) -> list[str]:
    """The names of it, unknown ones as far as they are known, those on a condition in brackets."""
    told = [
        (name, push.is_conditional)
        for push in found(text, run, head, **more)
        for name in ((push.names.text,) if isinstance(push.names, Unknown) else push.names)
    ]
    return [f"[{name}]" if is_open else name for name, is_open in told]


def steps(*texts: str, job: str = "a", more: str = "") -> str:
    """A job of the steps."""
    return f"  {job}:\n{more}    steps:\n" + "".join(f"      - {text}\n" for text in texts)


PUSH = "{uses: docker/build-push-action@v6, with: {push: true, tags: 'acme/shop:${{ github.ref_name }}'}}"


def test_events_and_filters() -> None:
    """Nothing is pushed on an event that is not listened to, or a ref that is filtered."""
    head = "on: {push: {tags: ['v1*']}}\njobs:\n"

    assert names(steps(PUSH), TAG, head) == ["acme/shop:v1.2.3"]
    assert names(steps(PUSH), Run("push", "refs/tags/v2"), head) == []
    assert names(steps(PUSH), Run("release", "refs/tags/v1"), head) == []


def test_place_of_a_push() -> None:
    """A push knows workflow, line, job, step and event."""
    push = found(steps("run: make", PUSH, "id: x\n        run: |\n          true\n\n          docker push $IMAGE"))

    assert [(one.workflow, one.line, one.job, one.step, one.event, one.ref) for one in push] == [
        ("w.yml", 7, "a", "#2", "push", "refs/tags/v1.2.3"),
        ("w.yml", 12, "a", "x", "push", "refs/tags/v1.2.3"),
    ]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("{uses: docker/build-push-action@v6, with: {push: false, tags: a/b}}", []),
        ("{uses: docker/build-push-action@v6, with: {push: '${{ vars.P }}', tags: a/b}}", ["[a/b:latest]"]),
        ("{uses: docker/build-push-action@v6, with: {tags: a/b}}", []),
        ("{uses: docker/build-push-action@v6, with: {push: true, tags: 'a/b:1,a/b:2'}}", ["a/b:1", "a/b:2"]),
        ("{uses: docker/build-push-action@v6, with: {outputs: type=registry, tags: a/b}}", ["a/b:latest"]),
        ("{uses: docker/build-push-action@v6, with: {outputs: 'type=image,name=a/b,push=true'}}", ["a/b:latest"]),
        (
            "{uses: docker/build-push-action@v6, with: {outputs: 'type=image,name=a/b,push-by-digest=true,push=true'}}",
            [],
        ),
        (
            "{uses: docker/build-push-action@v1, with: {repository: a/b, registry: r.io, tags: '1,2'}}",
            ["r.io/a/b:1", "r.io/a/b:2"],
        ),
        ("{uses: docker/build-push-action@v1, with: {repository: a/b, tag_with_ref: true}}", ["a/b:v1.2.3"]),
        ("{uses: docker/bake-action@v6, with: {push: true, set: '*.tags=a/b:1'}}", ["a/b:1"]),
        ("{uses: docker/bake-action@v6, with: {push: true}}", ["…"]),
        ("{uses: docker/bake-action@v6}", []),
        (
            "{uses: redhat-actions/push-to-registry@v2, with: {image: b, tags: '1 2', registry: q.io/a}}",
            ["q.io/a/b:1", "q.io/a/b:2"],
        ),
        ("{run: docker push x, shell: pwsh}", []),
        ("{run: docker push x, shell: 'bash -e {0}'}", ["x:latest"]),
        ("{run: 'docker push $A:$B', env: {A: '${{ env.IMAGE }}', B: b}}", ["acme/shop:b"]),
        ("{run: 'docker push ${GITHUB_REPOSITORY}:${GITHUB_REF_NAME#v}'}", ["acme/shop:1.2.3"]),
        ("{run: 'docker push ${{ secrets.U }}/a:1'}", ["${{ secrets.U }}/a:1"]),
        ("{run: docker push a, if: github.ref_type == 'branch'}", []),
        ("{run: docker push a, if: 'vars.X == 1'}", ["[a:latest]"]),
        ("{run: docker push a, if: failure()}", []),
    ],
)
def test_steps(step: str, expected: list[str]) -> None:
    """Each way to push gives its names; a condition that cannot be told makes them conditional."""
    assert names(steps(step)) == expected


def test_metadata_and_bake() -> None:
    """The tags of a metadata step reach build-push-action, and bake by way of the bake file."""
    meta = "{id: m, uses: docker/metadata-action@v5, with: {images: a/b, tags: 'type=semver,pattern={{version}}'}}"
    push = "{uses: docker/build-push-action@v6, with: {push: true, tags: '${{ steps.m.outputs.tags }}'}}"
    bake = "{uses: docker/bake-action@v6, with: {push: true, files: 'x.hcl\\n${{ steps.m.outputs.bake-file }}'}}"
    echo = "{run: 'docker push c/d:${{ steps.m.outputs.version }}'}"

    assert names(steps(meta, push, bake, echo)) == [*["a/b:1.2.3", "a/b:latest"] * 2, "c/d:1.2.3"]


def test_outputs_and_variables_go_on() -> None:
    """What a step leaves in outputs and environment, a job in its outputs, is there later."""
    text = steps(
        "{id: v, run: 'echo tag=${GITHUB_REF##*/} >> $GITHUB_OUTPUT; echo A=x >> $GITHUB_ENV'}",
        "{run: 'docker push $A:${{ steps.v.outputs.tag }}-${{ steps.v.outputs.other }}'}",
        more="    outputs: {t: '${{ steps.v.outputs.tag }}'}\n",
    ) + steps("{run: 'docker push b:${{ needs.a.outputs.t }}'}", job="b", more="    needs: a\n")

    assert names(text) == ["x:v1.2.3-${{ steps.v.outputs.other }}", "b:v1.2.3"]


def test_step_on_a_condition_leaves_unknown_outputs() -> None:
    """The outputs of a step that may not run are unknown; of one that does not run they are empty."""
    text = steps(
        "{id: v, if: vars.X, run: 'echo t=1 >> $GITHUB_OUTPUT'}",
        "{id: w, if: false, run: 'echo t=1 >> $GITHUB_OUTPUT'}",
        "{run: 'docker push a:${{ steps.v.outputs.t }}'}",
        "{run: 'docker push b:x${{ steps.w.outputs.t }}'}",
    )

    assert names(text) == ["a:${{ steps.v.outputs.t }}", "b:x"]


def test_jobs() -> None:
    """A job that needs one that does not run does not run itself, unless it says always; needs in a circle end."""
    text = (
        steps(PUSH, job="off", more="    if: github.event_name == 'release'\n")
        + steps("run: docker push b", job="b", more="    needs: off\n")
        + steps("run: docker push c", job="c", more="    needs: off\n    if: always()\n")
        + steps("run: docker push d", job="d", more="    if: vars.X == 'y'\n")
        + steps("run: docker push e", job="e", more="    needs: d\n")
        + steps("run: docker push f", job="f", more="    needs: [g]\n")
        + steps("run: docker push g", job="g", more="    needs: [f]\n")
    )

    assert names(text) == ["c:latest", "[d:latest]", "[e:latest]"]


def test_matrix() -> None:
    """Each combination pushes its names; of a matrix that is made in the run they are unknown."""
    text = "{run: 'docker push a/${{ matrix.x }}:${{ matrix.y }}'}"
    matrix = "    strategy: {matrix: {x: [b, c], y: [1, 2], exclude: [{x: b, y: 2}], include: [{x: d, y: 3}]}}\n"
    made = "    strategy: {matrix: '${{ fromJSON(needs.z.outputs.m) }}'}\n"
    listed = "    strategy: {matrix: {x: '${{ fromJSON(''[\"e\"]'') }}', y: [1]}}\n"

    assert names(steps(text, more=matrix)) == ["a/b:1", "a/c:1", "a/c:2", "a/d:3"]
    assert names(steps(text, more=made)) == ["a/${{ matrix.x }}:${{ matrix.y }}"]
    assert names(steps(text, more=listed)) == ["a/e:1"]


def test_called_workflow() -> None:
    """A reusable workflow gets its inputs and defaults, gives its outputs, and keeps the condition."""
    called = read_workflow(
        ".github/workflows/c.yml",
        b"""\
on:
  workflow_call:
    inputs: {image: {type: string}, tag: {default: '${{ github.ref_name }}'}, push: {default: true}}
    outputs: {name: {value: '${{ jobs.x.outputs.n }}'}}
jobs:
  x:
    outputs: {n: '${{ inputs.image }}'}
    steps:
      - if: inputs.push
        run: docker push ${{ inputs.image }}:${{ inputs.tag }}
""",
    )
    text = (
        "  a:\n    uses: ./.github/workflows/c.yml\n    with: {image: acme/x}\n"
        "  b:\n    if: vars.Y\n    uses: ./.github/workflows/c.yml\n    with: {image: acme/y, tag: '1'}\n"
        "  c:\n    uses: ./.github/workflows/c.yml\n    with: {image: acme/z, push: false}\n"
        "  d:\n    uses: other/x/.github/workflows/c.yml@main\n"
    ) + steps("run: docker push ${{ needs.a.outputs.name }}:e", job="e", more="    needs: a\n")
    around = {called.path: called}

    assert names(text, workflows=around) == ["acme/x:v1.2.3", "[acme/y:1]", "acme/x:e"]
    assert found(text, workflows=around)[0].workflow == called.path


def test_workflow_that_calls_itself() -> None:
    """A circle of calls ends."""
    text = "on: [push, workflow_call]\njobs:\n  a: {uses: ./w.yml}\n" + steps("run: docker push a", job="b")
    itself = read_workflow("w.yml", text.encode())

    assert names("", TAG, text, workflows={"w.yml": itself})[-1] == "a:latest"


def test_goreleaser_and_ko() -> None:
    """GoReleaser's names come from its file, ko's repository from its set-up."""
    templates = image_templates(read_tree(b"dockers: [{image_templates: ['a/b:{{ .Tag }}'], skip_push: auto}]"))
    around = Around("example.com/shop", templates)
    action = "{uses: goreleaser/goreleaser-action@v6, with: {args: release --clean}}"
    dry = "{run: goreleaser release --snapshot}"
    skip = "{run: 'goreleaser release --skip=sign,publish'}"
    ko = "{run: ko build --bare .}"

    assert names(steps(action, dry, skip), around=around) == ["a/b:v1.2.3"]
    assert names(steps(action), Run("push", "refs/tags/v1.2.3-rc1"), around=around) == []
    assert names(steps("{uses: ko-build/setup-ko@v0}", ko)) == ["ghcr.io/acme/shop:latest"]


@pytest.mark.parametrize(
    ("run", "value"),
    [
        (TAG, "tag v1.2.3 ${{ github.sha }}"),
        (MAIN, f"branch main {'d' * 40}"),
        (pull_request(7, "main"), "branch 7/merge ${{ github.sha }}"),
    ],
)
def test_contexts(run: Run, value: str) -> None:
    """What `github` holds follows the event; an unknown commit is unknown."""
    text = steps("{run: 'docker push a/${{ github.ref_type }}:${{ github.ref_name }}-${{ github.sha }}'}")
    kind, name, commit = value.split(" ", 2)

    assert names(text, run) == [f"a/{kind}:{name}-{commit}"]


def test_pull_request_payload() -> None:
    """Number and branches of a pull request are known, its author is not."""
    text = steps(
        "{run: 'docker push a:${{ github.event.number }}-${{ github.base_ref }}-${{ github.head_ref }}'}",
        "{run: docker push b, if: github.event.pull_request.user.login == 'x'}",
        "{run: docker push c, if: github.event.release}",
    )

    assert names(text, pull_request(7, "main", "topic")) == ["a:7-main-topic", "[b:latest]"]


def test_an_evaluation_is_bounded() -> None:
    """A matrix of very many large scripts is not gone through to its end."""
    script = "docker push a\n" + "          true\n" * 20_000
    matrix = "    strategy: {matrix: {x: [1, 2, 3, 4, 5, 6, 7, 8], y: [1, 2, 3, 4, 5, 6, 7, 8]}}\n"
    big = f"run: &big |\n          {script}"
    text = steps(big, *["run: *big"] * 100, more=matrix)

    assert len({push.step for push in found(text)}) < 10
