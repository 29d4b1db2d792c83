"""What registries say: manifests, tags, blobs (OCI distribution specification 1.1).

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from go_release_gate.adapters.registry.access import Access
from go_release_gate.adapters.registry.answers import Answer
from go_release_gate.adapters.registry.blobstream import BlobStream
from go_release_gate.adapters.registry.errors import AbsentError, DeniedError, RegistryError
from go_release_gate.adapters.registry.links import next_page
from go_release_gate.adapters.registry.places import Place, host_of, is_link_local, place_of
from go_release_gate.adapters.registry.wire import Ask
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import Reference, is_valid_tag

MANIFEST_LIMIT = 4 << 20  # bytes; what a registry must take at least, and most take at most
BLOB_LIMIT = 32 << 20
PAGE_LIMIT = 4 << 20  # bytes of one page of tags
PAGES = 100
TAGS_A_PAGE = 1000
MANIFESTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_ACCEPT = {"Accept": ", ".join(MANIFESTS)}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands at a reference: its digest, its media type, and the bytes where they were asked for."""

    digest: str
    media_type: str
    content: bytes = b""


class Registries:
    """Every registry that a run asks. One of it may be used by several threads at once.

    Args:
        access: how to ask and get in.
        insecure: hosts that are asked over plain http, beside the loopback.

    Every method raises AbsentError, DeniedError or another RegistryError, whose text says which host did what.
    """

    def __init__(self, access: Access, insecure: frozenset[str] = frozenset()) -> None:
        self._access = access
        self._insecure = insecure

    def look(self, reference: Reference) -> Manifest:
        """Digest and media type at a tag or digest (`latest` where there is neither)."""
        answer = self._ask(reference, "HEAD", f"manifests/{_named(reference)}", MANIFEST_LIMIT)
        told = answer.headers.get("docker-content-digest", "")
        if answer.status in (0, 429) or answer.status >= 500:
            self._check(reference, answer)
        if answer.status != 200 or not digests.is_valid(told):
            return self.manifest(reference)  # some refuse HEAD, leave the digest out, or give no reason for a 404
        if reference.digest and told != reference.digest:
            raise RegistryError(f"{reference.domain} names another digest than the one that was asked for")
        return Manifest(told, _media_type(answer))

    def manifest(self, reference: Reference) -> Manifest:
        """The manifest at a tag or digest; its digest is that of the bytes that came."""
        answer = self._ask(reference, "GET", f"manifests/{_named(reference)}", MANIFEST_LIMIT)
        self._check(reference, answer)
        found = digests.of(answer.body)
        for expected in (reference.digest, answer.headers.get("docker-content-digest", "")):
            if digests.is_valid(expected) and expected != found:
                raise RegistryError(
                    f"{reference.domain} gave a manifest whose bytes have another digest than it should"
                )
        if not isinstance(answer.document, dict):
            raise RegistryError(f"{reference.domain} gave no manifest: its answer is no JSON object")
        return Manifest(found, _media_type(answer), answer.body)

    def tags(self, reference: Reference) -> tuple[str, ...]:
        """Every tag of a repository, in the registry's order; tags that no reference can hold are left out."""
        place = self._place(reference)
        url = f"{place.origin}/v2/{reference.path}/tags/list?n={TAGS_A_PAGE}"
        found: dict[str, None] = {}
        seen: set[str] = set()
        while url:
            if url in seen or len(seen) >= PAGES:
                raise RegistryError(f"{reference.domain} lists tags without an end: stopped after {len(seen)} pages")
            seen.add(url)
            answer = self._access.ask(
                place, reference.path, Ask("GET", url, {"Accept": "application/json"}, limit=PAGE_LIMIT)
            )
            self._check(reference, answer)
            found |= dict.fromkeys(_tags(reference, answer))
            url = next_page(answer.headers.get("link", ""), url)
            if url and not url.startswith(f"{place.origin}/v2/"):
                raise RegistryError(f"{reference.domain} continues its list of tags at another host")
        return tuple(found)

    def blob(self, reference: Reference, digest: str, limit: int = BLOB_LIMIT) -> bytes:
        """The blob with this digest of a repository, checked against it; at most `limit` bytes."""
        answer = self._ask(reference, "GET", f"blobs/{digests.parse(digest)}", limit)
        self._check(reference, answer)
        if digests.of(answer.body) != digest:
            raise RegistryError(f"{reference.domain} gave a blob whose bytes have another digest than it should")
        return answer.body

    def blob_stream(self, reference: Reference, digest: str, size: int) -> BlobStream:
        """The blob with this digest and size, read on from where a connection breaks.

        Its bytes are not checked against the digest: whoever reads them does (facts/images/source.Checked).
        """
        url_path = f"blobs/{digests.parse(digest)}"

        def opened(offset: int) -> Answer:
            answer = self._ask(reference, "GET", url_path, BLOB_LIMIT, offset)
            if answer.stream is None:
                self._check(reference, answer)
                raise RegistryError(f"{reference.domain} gave no usable answer: {answer.said}")
            return answer

        return BlobStream(reference.domain, opened, size, self._access.asker.timing)

    def send(self, reference: Reference, ask: Ask) -> Answer:
        """Ask something else about a repository: `ask.url` is what follows its path, or a whole address there.

        The answer is as it came. Raises DeniedError, RegistryError: nobody lets us in, or the address is elsewhere.
        """
        place = self._place(reference)
        url = ask.url if "://" in ask.url else f"{place.origin}/v2/{reference.path}/{ask.url}"
        if not url.lower().startswith(f"{place.origin.lower()}/"):
            raise RegistryError(f"{reference.domain} leads to another host, where its login does not go")
        return self._access.ask(place, reference.path, replace(ask, url=url))

    def check(self, reference: Reference, answer: Answer) -> None:
        """Raise AbsentError or RegistryError for everything but a success."""
        if not 200 <= answer.status < 300:
            self._check(reference, answer)

    def within(self, seconds: float) -> None:
        """From now on there are at most `seconds` for everything."""
        self._access.asker.timing.end_within(seconds)

    def troubles(self) -> tuple[str, ...]:
        """What kept a login from being found, so far; one line each."""
        return self._access.logins.troubles()

    def _ask(self, reference: Reference, method: str, what: str, limit: int, offset: int = -1) -> Answer:
        """`offset`: the answer is not read here; from 1 on, only what lies behind so many bytes is asked for."""
        place = self._place(reference)
        url = f"{place.origin}/v2/{reference.path}/{what}"
        headers = _ACCEPT if what.startswith("manifests/") else {"Accept": "*/*"}
        if offset > 0:
            headers = {**headers, "Range": f"bytes={offset}-"}
        return self._access.ask(place, reference.path, Ask(method, url, headers, limit=limit, is_stream=offset >= 0))

    def _place(self, reference: Reference) -> Place:
        if not reference.domain:
            raise RegistryError("a reference without a registry cannot be asked for")
        if is_link_local(host_of(reference.domain)):
            raise RegistryError(f"{reference.domain} is an address of the machine's own link, which is no registry")
        return place_of(reference.domain, self._insecure)

    def _check(self, reference: Reference, answer: Answer) -> None:
        """Raise for everything but success. A 404 counts as absence only from what speaks as a registry does."""
        if answer.status == 200:
            return
        said = answer.said
        for secret in self._access.secrets(self._place(reference), reference.path):
            said = said.replace(secret, "***")
        if answer.status == 404 and answer.codes:
            raise AbsentError(f"{reference.domain} has no {reference.path} named {_named(reference)} ({said})")
        raise RegistryError(f"{reference.domain} gave no usable answer: {said}")


def _named(reference: Reference) -> str:
    return reference.digest or reference.tag or "latest"


def _media_type(answer: Answer) -> str:
    """The type of the header, without parameters; empty where it is none that a manifest has."""
    told = answer.headers.get("content-type", "").partition(";")[0].strip()
    if told in MANIFESTS:
        return told
    document = answer.document
    inner = document.get("mediaType") if isinstance(document, dict) else None
    return inner if inner in MANIFESTS else ""


def _tags(reference: Reference, answer: Answer) -> list[str]:
    document = answer.document
    tags = document.get("tags", "") if isinstance(document, dict) else ""
    if not isinstance(tags, list | None):
        raise RegistryError(f"{reference.domain} gave no list of tags")
    return [tag for tag in tags or () if isinstance(tag, str) and is_valid_tag(tag)]


__all__ = ["AbsentError", "DeniedError", "Manifest", "Registries", "RegistryError"]
