"""What a script names: in its first line, and in its last. Pure."""

from __future__ import annotations

import posixpath
import re

_SHELL = re.compile(rb"#![ \t]*/(?:usr/)?bin/(?:env[ \t]+)?(?:sh|bash|ash|dash)\b")
_EXEC = re.compile(r"exec (/[\w./+-]+)(?: .*)?")
_MADE_LATER = re.compile(r"/(?:tmp|run|var|dev|proc|mnt|data)/")
_NAME = re.compile(r"\w[\w.+-]*\r?")


def interpreters(shebang: str) -> tuple[str, ...]:
    """The interpreter as it is written, and the name that `env` looks up along PATH; `shebang` is what follows `#!`.

    `env` takes all behind it for one name, but with `-S`:
    https://www.gnu.org/software/coreutils/manual/html_node/env-invocation.html
    """
    words = [word for word in re.split("[ \t]+", shebang) if word]
    if not words or posixpath.basename(words[0]) != "env":
        return tuple(words[:1])
    rest = words[2:3] if words[1:2] == ["-S"] else words[1:] if len(words) == 2 else []
    return (words[0], *(word for word in rest if _NAME.fullmatch(word)))


def last_started(script: bytes) -> str:
    """The absolute path that a shell script ends in, `exec /app "$@"` as its last line; empty: nothing is sure.

    Where the lines above name the file or its folder, they may make it.
    """
    if not _SHELL.match(script) or b"<<" in script:
        return ""
    lines = [line.rstrip() for line in script.decode("utf-8", "replace").splitlines()]
    *above, last = [line for line in lines if line and not line.lstrip().startswith("#")] or [""]
    match = _EXEC.fullmatch(last)
    if match is None or (above and above[-1].endswith("\\")):
        return ""
    path, text = match[1], "\n".join(above)
    folder, _, name = path.rpartition("/")
    is_named = name in text or (folder != "" and folder in text)
    return "" if is_named or _MADE_LATER.match(path) else path
