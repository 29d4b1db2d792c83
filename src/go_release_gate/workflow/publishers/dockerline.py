"""Names that a command line pushes: docker and its kin, crane, skopeo."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from go_release_gate.shell.unknown import has_hole

_DOCKERS = frozenset({"docker", "podman", "nerdctl", "buildah", "img"})
# Options in front of the verb that take a word (`docker --config DIR push …`).
_GLOBAL_VALUES = frozenset({"-c", "--context", "-H", "--host", "--config", "-l", "--log-level", "-n", "--namespace"})
_PUSH_VALUES = frozenset({"--platform", "--authfile", "--creds", "--cert-dir", "--digestfile", "-f", "--format"})


def pushed_names(words: Sequence[str]) -> tuple[str, ...] | None:
    """The names that the command pushes; None: it pushes none. An image without a tag is pushed as `latest`."""
    if not words:
        return None
    program = words[0].rpartition("/")[2]
    if program in _DOCKERS:
        return _docker(words[1:])
    if program == "docker-buildx":
        return _docker(("buildx", *words[1:]))
    read = _OTHERS.get(program)
    found = read(list(words[1:])) if read else None
    return tuple(map(tagged, found)) if found else None


def tagged(name: str) -> str:
    """The name with the tag that counts where none is given."""
    first, slash, rest = name.partition("/")
    behind = rest if slash else first
    is_open = has_hole(name.rpartition("/")[2])  # the unknown part may hold the tag
    return name if is_open or ":" in behind or "@" in name else f"{name}:latest"


def option_values(words: Sequence[str], *names: str) -> list[str]:
    """The values of an option that may be repeated: `-t X`, `-tX`, `--tag X`, `--tag=X`."""
    found: list[str] = []
    for index, word in enumerate(words):
        for name in names:
            if word == name:
                found += words[index + 1 : index + 2]
            elif name.startswith("--"):
                found += [word[len(name) + 1 :]] if word.startswith(f"{name}=") else []
            elif word.startswith(name) and not word.startswith("--"):
                found.append(word[len(name) :].removeprefix("="))
    return found


def positionals(words: Sequence[str], values: frozenset[str]) -> list[str]:
    """The words that are no options; those of `values` take the next word."""
    found: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-") and word != "-":
            skip = word in values
        else:
            found.append(word)
    return found


def is_pushing_output(output: str) -> bool:
    """Whether an `--output` sends the image to a registry."""
    fields = dict(field.strip().partition("=")[::2] for field in output.replace('"', "").split(","))
    return fields.get("type") == "registry" or fields.get("push") == "true"


def output_names(output: str) -> list[str]:
    """The names in an output that pushes: `name=a,b` in quotes; none for a push by digest."""
    if not is_pushing_output(output) or "push-by-digest=true" in output:
        return []
    _, sign, rest = output.partition("name=")
    quoted = output[: output.find("name=")].endswith('"')
    names = rest.partition('"')[0].split(",") if quoted else rest.partition(",")[:1]
    return [name.strip() for name in names if sign and name.strip()]


def _docker(words: Sequence[str]) -> tuple[str, ...] | None:
    rest = _after_globals(words)
    if rest[:1] in (["image"], ["buildx"], ["builder"]):
        rest = rest[1:]
    verb, arguments = (rest[0], rest[1:]) if rest else ("", [])
    if verb in ("build", "bud", "b"):
        return _built(arguments)
    if verb == "push":
        return _pushed(arguments)
    if verb == "imagetools" and arguments[:1] == ["create"] and "--dry-run" not in arguments:
        return tuple(map(tagged, option_values(arguments, "-t", "--tag"))) or None
    if verb == "manifest" and arguments[:1] == ["push"]:
        return _pushed(arguments[1:])
    return None


def _after_globals(words: Sequence[str]) -> list[str]:
    rest = list(words)
    while rest and rest[0].startswith("-"):
        rest = rest[2 if rest[0] in _GLOBAL_VALUES else 1 :]
    return rest


def _built(words: list[str]) -> tuple[str, ...] | None:
    outputs = option_values(words, "-o", "--output")
    is_pushed = "--push" in words or "--push=true" in words or any(map(is_pushing_output, outputs))
    if not is_pushed or any("push-by-digest=true" in output for output in outputs):
        return None
    names = option_values(words, "-t", "--tag") + [name for output in outputs for name in output_names(output)]
    return tuple(map(tagged, names))


def _pushed(words: list[str]) -> tuple[str, ...] | None:
    names = positionals(words, _PUSH_VALUES)
    name = names[-1].removeprefix("docker://") if names else ""
    return (tagged(name),) if name else None


def _crane(words: list[str]) -> list[str]:
    rest = positionals(words, frozenset({"--platform"}))
    match rest[:1]:
        case ["tag"] if len(rest) > 2:
            return [f"{rest[1].rpartition(':')[0] or rest[1]}:{rest[2]}"]
        case ["push" | "copy" | "cp"] if len(rest) > 2:
            return [rest[2]]
        case _:
            return []


def _skopeo(words: list[str]) -> list[str]:
    targets = [word.removeprefix("docker://") for word in words if word.startswith("docker://")]
    return targets[-1:] if words[:1] == ["copy"] and words[-1:] and words[-1].startswith("docker://") else []


_OTHERS: dict[str, Callable[[list[str]], list[str]]] = {"crane": _crane, "gcrane": _crane, "skopeo": _skopeo}
