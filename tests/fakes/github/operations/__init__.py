"""What each operation does; importing the package enters them all in `calls.OPERATIONS`."""

from fakes.github.operations import (
    checks as checks,
)
from fakes.github.operations import (
    code_scanning as code_scanning,
)
from fakes.github.operations import (
    comments as comments,
)
from fakes.github.operations import (
    contents as contents,
)
from fakes.github.operations import (
    deployments as deployments,
)
from fakes.github.operations import (
    git_data as git_data,
)
from fakes.github.operations import (
    issues as issues,
)
from fakes.github.operations import (
    packages as packages,
)
from fakes.github.operations import (
    pulls as pulls,
)
from fakes.github.operations import (
    reviews as reviews,
)
