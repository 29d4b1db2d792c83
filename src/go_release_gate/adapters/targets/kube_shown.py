"""A workload as lines of YAML to compare: without what the server keeps for itself, and without values of variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OWN = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink")
HIDDEN = "kubectl.kubernetes.io/last-applied-configuration"
NOT_SHOWN = "(not shown)"


def shown(workload: Mapping[str, Any]) -> list[str]:
    """The lines. Values of environment variables may be secrets, and a log may be public: they are not shown."""
    import yaml

    document = {key: value for key, value in workload.items() if key != "status"}
    metadata = {key: value for key, value in (workload.get("metadata") or {}).items() if key not in OWN}
    notes = {key: value for key, value in (metadata.pop("annotations", None) or {}).items() if key != HIDDEN}
    document["metadata"] = {**metadata, **({"annotations": notes} if notes else {})}
    return str(yaml.safe_dump(_veiled(document), allow_unicode=False, width=1000)).splitlines()


def _veiled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: [_hidden(one) for one in inner] if key == "env" and isinstance(inner, list) else _veiled(inner)
            for key, inner in value.items()
        }
    return [_veiled(one) for one in value] if isinstance(value, list) else value


def _hidden(variable: Any) -> Any:
    if isinstance(variable, Mapping) and "value" in variable:
        return {**variable, "value": NOT_SHOWN}
    return variable
