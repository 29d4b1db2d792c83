"""The target `channel-tag`: a tag of the service's repository that says what an environment runs.

The tag is moved by putting the very same bytes under it: index and single manifest keep digest and media type, and no
layer goes over the wire. Registries set tags without comparing, so that looking before and behind narrows a race and
does not close it: that two moves do not meet is the ledger's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from go_release_gate.adapters.registry.client import Manifest, Registries
from go_release_gate.adapters.registry.closure import at, missing_below
from go_release_gate.adapters.registry.errors import AbsentError
from go_release_gate.adapters.registry.writing import put_manifest
from go_release_gate.config.releases import Service, Target
from go_release_gate.errors import RaceError, RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.move import Effect, Move, Observed
from go_release_gate.oci.reference import InvalidReferenceError, Reference, is_valid_tag, parse


@dataclass(frozen=True, slots=True)
class ChannelTag:
    """A tag that follows an environment.

    Attributes:
        registries: how to ask and write. services: settings of the services by name.
        tag: the tag; empty: the environment's name. name: what messages call the target.
        held: (repository, digest) → a manifest that was seen there in this run, so that it is not asked for again.
    """

    registries: Registries
    services: Mapping[str, Service]
    tag: str = ""
    name: str = "channel-tag"
    kind: str = field(default="channel-tag", init=False)
    held: dict[tuple[str, str], Manifest] = field(default_factory=dict, repr=False, compare=False)

    def observe(self, service: str, environment: str) -> Observed:
        """The digest at the tag; empty where there is no such tag (or repository) yet."""
        reference = self._reference(service, environment)
        return Observed(self._digest(reference), f"{reference}")

    def plan(self, move: Move) -> tuple[Effect, ...]:
        """The one write that applying would do; nothing where the tag is there already."""
        reference = self._reference(move.service, move.environment)
        seen = self._digest(reference)
        if seen == move.after:
            return ()
        self._manifest(reference, move)
        was = f"it shows {seen}" if seen else "it is new"
        return (Effect(f"put the manifest {move.after} under {reference} ({was}); no layer is moved"),)

    def apply(self, move: Move) -> str:
        """Move the tag, and look whether it moved.

        Raises:
            RaceError: the tag shows neither what ran nor what is to run; nothing was written.
            RefusedError: the registry does not let it move, or the repository lacks parts of the image.
            UnavailableError: it could not be asked, or the tag shows something else behind the write.
        """
        reference = self._reference(move.service, move.environment)
        seen, found = self._digest(reference), self.held.get((reference.name, move.after))
        if found is None and seen != move.after:
            found = self._manifest(reference, move)
            seen = self._digest(reference)  # as late as can be: getting the manifest took its time
        if found is None or seen == move.after:
            return f"{reference} shows {move.after} already"
        if seen != move.before and not move.accepts_drift:
            raise RaceError(
                f"{reference} shows {seen or 'nothing'}, it was {move.before or 'nothing'}: nothing was written",
                "look who moved it, then plan again (`--accept-drift REASON` takes it as it is)",
            )
        put_manifest(self.registries, reference, found.content, found.media_type)
        return f"{reference} moved from {seen or 'nothing'} to {move.after}"

    def _reference(self, service: str, environment: str) -> Reference:
        settings = self.services.get(service)
        tag = self.tag or environment
        if settings is None:
            raise UsageError(f"{self.name}: the service {service} is not set", f"add `releases.services.{service}`")
        if not is_valid_tag(tag):
            raise UsageError(f"{self.name}: {tag} is no tag", "set `tag` of the target")
        try:
            return replace(parse(settings.image), tag=tag, digest="")
        except InvalidReferenceError as error:
            raise UsageError(f"{self.name}: {error}", f"see `releases.services.{service}.image`") from None

    def _digest(self, reference: Reference) -> str:
        try:
            return self.registries.look(reference).digest
        except AbsentError:
            return ""

    def _manifest(self, reference: Reference, move: Move) -> Manifest:
        """The bytes to put, from the first place that has them. Those of another place fit where their parts are."""
        mirrors = self.services[move.service].mirrors
        away: UnavailableError | None = None
        for location in dict.fromkeys((reference.name, *move.image.locations, *mirrors)):
            source = at(location, move.after)
            try:
                found = self.registries.manifest(source)
            except AbsentError:
                continue
            except UnavailableError as error:
                away = away or error
                continue
            if source.name != reference.name:
                self._refuse_foreign(reference, source, found)
            else:
                self.held[reference.name, move.after] = found
            return found
        if away:
            raise away
        raise RefusedError(f"{move.after} is in no place any more that is known to have held it")

    def _refuse_foreign(self, reference: Reference, source: Reference, found: Manifest) -> None:
        gone = missing_below(self.registries, replace(reference, tag=""), found)
        if gone:
            raise RefusedError(
                f"{gone}; the image is in {source.name} alone, and layers are not moved here",
                f"copy it with all platforms first (`crane copy` or `skopeo copy --all` of {source} to "
                f"{reference.name}), then plan again",
            )


def channel_tag(
    settings: Target,
    registries: Registries,
    services: Mapping[str, Service],
    held: dict[tuple[str, str], Manifest] | None = None,
) -> ChannelTag:
    """The target that settings describe."""
    return ChannelTag(registries, services, settings.tag, settings.name or "channel-tag", {} if held is None else held)
