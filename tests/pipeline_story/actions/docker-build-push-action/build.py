"""The request of docker/build-push-action, as arguments of buildctl."""

import csv
import io
import json
import os
import subprocess
import tempfile
from pathlib import Path

inputs = json.loads(os.environ["INPUTS"])


def lines(name):
    return [line.strip() for line in inputs[name].splitlines() if line.strip()]


def fields(words):
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(words)
    return text.getvalue()


def output():
    """What is written where; the image's names and annotations travel with it."""
    words = [inputs["outputs"]]
    if inputs["tags"].strip():
        words.append("name=" + ",".join(lines("tags")))
    for line in lines("annotations"):
        levels, colon, rest = line.partition(":")
        known = {"manifest": "annotation", "index": "annotation-index"}
        named = [known.get(level) for level in levels.split(",")] if colon else [None]
        if None in named:
            named, rest = ["annotation"], line
        words += [f"{name}.{rest}" for name in named]
    first = next(csv.reader([words[0]]))
    return fields([*first, *words[1:]])


def options():
    file = Path(inputs["file"] or f"{inputs['context']}/Dockerfile")
    yield from ("--local", f"context={inputs['context']}", "--local", f"dockerfile={file.parent}")
    yield from ("--opt", f"filename={file.name}")
    for name, key in (("target", "target"), ("platforms", "platform")):
        if inputs[name]:
            yield from ("--opt", f"{key}={inputs[name]}")
    for name, key in (("build-args", "build-arg"), ("labels", "label")):
        for line in lines(name):
            yield from ("--opt", f"{key}:{line}")
    if inputs["provenance"]:
        yield from ("--opt", f"attest:provenance={inputs['provenance']}")
    if inputs["sbom"] == "true":
        yield from ("--opt", f"attest:sbom=generator={os.environ['STORY_SBOM_GENERATOR']}")
    for line in lines("secret-envs"):
        name, _, variable = line.partition("=")
        yield from ("--secret", f"id={name},env={variable}")
    if inputs["no-cache"] == "true":
        yield "--no-cache"


with tempfile.TemporaryDirectory() as folder:
    metadata = Path(folder, "metadata.json")
    argv = ["buildctl", "--addr", "unix:///run/buildkit/socket", "build", "--progress", "plain"]
    argv += ["--frontend", "dockerfile.v0", *options(), "--output", output(), "--metadata-file", str(metadata)]
    subprocess.run(argv, check=True)
    found = json.loads(metadata.read_text())
with Path(os.environ["GITHUB_OUTPUT"]).open("a") as file:
    print(f"digest={found['containerimage.digest']}", file=file)
    print(f"imageid={found.get('containerimage.config.digest', '')}", file=file)
    print(f"metadata={json.dumps(found)}", file=file)
