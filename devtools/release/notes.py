"""The notes of a release: its section of CHANGELOG.md, and how it is verified.

python devtools/release/notes.py --version 1.4.0 --digest sha256:...
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from commits import IMAGE, REPOSITORY

VERIFY = """\
## Verify

The image is `{image}@{digest}`; action.yml of this tag runs just that.

```console
gh attestation verify oci://{image}@{digest} --repo {repository}
```

Files: see [Releasing](https://github.com/{repository}/blob/v{version}/CONTRIBUTING.md#verify-a-release).
"""


def notes(changelog: str, version: str, digest: str) -> str:
    """The text, in Markdown. Raises ValueError when the changelog has no section of that version."""
    section = re.search(rf"(?ms)^## {re.escape(version)} \(.*?\)\n(?P<body>.*?)(?=^## |\Z)", changelog)
    if not section:
        raise ValueError(f"CHANGELOG.md has no section of {version}")
    told = VERIFY.format(image=IMAGE, digest=digest, repository=REPOSITORY, version=version)
    return f"{section['body'].strip()}\n\n{told}"


def main(argv: list[str]) -> int:
    """Print them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--version", required=True)
    parser.add_argument("--digest", required=True)
    args = parser.parse_args(argv)
    print(notes(Path("CHANGELOG.md").read_text("utf-8"), args.version, args.digest), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
