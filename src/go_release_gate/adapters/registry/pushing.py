"""Whether a login may push: an upload is begun and given up again, so that nothing is written.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks; giving it up is
https://distribution.github.io/distribution/spec/api/#canceling-an-upload. A registry that does not know how forgets
the upload by itself.
"""

from __future__ import annotations

import contextlib
from urllib.parse import urljoin

from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.errors import RegistryError
from go_release_gate.adapters.registry.wire import Ask
from go_release_gate.oci.reference import Reference


def try_push(registries: Registries, reference: Reference) -> None:
    """Begin an upload to a repository, and give it up.

    Raises:
        DeniedError: there is no login that may. AbsentError: no such repository, and pushing does not make it.
        RegistryError: it could not be asked.
    """
    opened = registries.send(reference, Ask("POST", "blobs/uploads/", body=b""))
    registries.check(reference, opened)
    if location := opened.headers.get("location", ""):
        with contextlib.suppress(RegistryError):
            registries.send(reference, Ask("DELETE", urljoin(opened.url, location)))
