"""What the first line of a script names. Pure."""

from __future__ import annotations

import posixpath
import re

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
