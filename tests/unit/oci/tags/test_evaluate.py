"""What the observed answers do not show: an unknown default branch, errors with their places, odd events."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.oci.tags.context import Context, RepositoryRecord, commit_time, read_time
from go_release_gate.oci.tags.evaluate import evaluate
from go_release_gate.oci.tags.inputs import Inputs
from go_release_gate.oci.tags.judging import sanitized
from go_release_gate.oci.tags.refusal import RefusedInputError

NOW = datetime(2026, 3, 4, 23, 30, 15, tzinfo=UTC)
MAIN = Context("push", "refs/heads/main", "a" * 40, NOW, NOW)


@pytest.mark.parametrize("ref", ["refs/tags/v1.0.0", "refs/heads/", "refs/heads/main"])
def test_edge_needs_a_branch(ref: str) -> None:
    """Where the default branch is not known and none is named, `edge` is no tag of anything."""
    context = Context("push", ref, "a" * 40, NOW, NOW, {}, RepositoryRecord())
    assert evaluate(Inputs("shop", "type=edge"), context).tags == ()


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (Inputs(tags="type=sha\ntype=raw,value={{"), "tags, line 2: "),
        (Inputs(tags="type=raw,value=x,enable=maybe"), "tags, line 1: enable is 'maybe'"),
        (
            Inputs(tags="type=match,value=x,pattern=("),
            "tags, line 1: invalid regular expression /(/: Unterminated group",
        ),
        (Inputs(tags="type=semver,value=v1,match=^v,pattern={{raw}}"), "tags, line 1: match=^v finds 'v' in 'v1'"),
        (Inputs(tags="type=raw,value=x", flavor="prefix={{"), "flavor: "),
        (Inputs(flavor="\nlatest=maybe"), "flavor, line 2: latest is 'maybe'"),
        (Inputs(labels="a=b\n\nc={{"), "labels, line 3: "),
        (Inputs(annotations="c={{"), "annotations, line 1: "),
        (Inputs(images="a\nname=b,tag=c"), "images, line 2: unknown attribute 'tag'"),
        (Inputs(tags="type=sha", short_sha_length="x"), "tags, line 1: DOCKER_METADATA_SHORT_SHA_LENGTH is 'x'"),
    ],
)
def test_refusals_say_where(inputs: Inputs, said: str) -> None:
    """A refusal begins with input and line, and has a hint."""
    with pytest.raises(RefusedInputError) as caught:
        evaluate(inputs, MAIN)
    assert caught.value.message.startswith(said)
    assert caught.value.hint


def test_no_tag_is_told_with_what_there_was() -> None:
    """The problem names ref, event and the kinds of entry that did not fit."""
    (problem,) = evaluate(Inputs("shop", "type=ref,event=tag\ntype=ref,event=pr\ntype=semver,pattern=x"), MAIN).problems
    wanted = "type=semver, type=ref,event=tag, type=ref,event=pr"
    assert problem.message == f"no tag comes out for refs/heads/main (push): none of {wanted} makes one here"


@given(st.text())
def test_sanitized_is_a_tags_alphabet(text: str) -> None:
    """Whatever goes in, only letters, digits, `.`, `_` and `-` come out, and a second time changes nothing."""
    done = sanitized(text)
    assert set(done) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
    assert sanitized(done) == done


@given(st.text(), st.text(), st.text())
def test_any_text_is_answered_or_refused(tags: str, flavor: str, labels: str) -> None:
    """No text makes anything but an answer or a refusal; an answer has a problem or legal names alone."""
    try:
        answer = evaluate(Inputs("acme/shop", tags, flavor, labels), MAIN)
    except RefusedInputError:
        return
    assert len(answer.tags) == len(answer.tag_names)


@pytest.mark.parametrize(
    "payload", [{"commits": [1]}, {"commits": {}}, {"head_commit": "x"}, {"head_commit": {"id": 5}}]
)
def test_odd_events_tell_no_time(payload: dict[str, object]) -> None:
    """What is not as GitHub documents it tells nothing."""
    assert commit_time(payload, "a" * 40) is None


def test_times_without_a_zone_are_utc() -> None:
    """A time without a zone is UTC; what is no time is none."""
    assert read_time("2026-03-04T23:30:15") == NOW
    assert read_time("soon") is None
