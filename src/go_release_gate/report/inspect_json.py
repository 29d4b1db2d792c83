"""The report of `inspect` as one JSON object: kind `inspect`."""

from __future__ import annotations

from typing import Any

from go_release_gate.facts.image_content import Expected, ImageConfig, PlatformImage
from go_release_gate.model.severity import Severity
from go_release_gate.report.binary_json import binary
from go_release_gate.report.inspected import InspectReport
from go_release_gate.report.json_report import envelope, finding
from go_release_gate.report.jsontext import dumps
from go_release_gate.report.options import RenderOptions


def render(report: InspectReport, options: RenderOptions) -> str:  # noqa: ARG001 - every form takes the same two
    """The whole object and a final newline."""
    return dumps(document(report)) + "\n"


def document(report: InspectReport) -> dict[str, Any]:
    """The object; the order of its keys is part of the form."""
    check, image = report.check, report.image
    total = check.timings.get("total", 0.0)
    return {
        **envelope(check, "inspect"),
        "summary": {severity.value: check.count(severity) for severity in Severity},
        "image": image
        and {
            "name": image.name,
            "digest": image.digest,
            "media_type": image.media_type,
            "annotations": dict(image.annotations),
            "read_at": image.read_at,
        },
        "expected": report.expected and _expected(report.expected),
        "platforms": [_platform(one) for one in image.platforms] if image else [],
        "findings": [finding(item) for item in check.findings],
        "suppressed": [
            {"by": item.by, "reason": item.reason, "finding": finding(item.finding)} for item in check.suppressed
        ],
        "unreadable": list(report.unreadable),
        "notices": list(check.notices),
        "timings": {"total_s": round(total, 3), "phases": {}},
    }


def _expected(expected: Expected) -> dict[str, Any]:
    return {
        "version": expected.version,
        "tag": expected.tag,
        "revision": expected.revision,
        "source": expected.source,
        "module": expected.module,
        "go": expected.go,
        "base_digest": expected.base_digest,
        "snapshot": expected.snapshot,
        "platforms": list(expected.platforms),
    }


def _platform(platform: PlatformImage) -> dict[str, Any]:
    return {
        "platform": platform.platform,
        "digest": platform.digest,
        "config_digest": platform.config_digest,
        "config": _config(platform.config),
        "annotations": dict(platform.annotations),
        "bytes": platform.bytes,
        "files": platform.count,
        "layers": [
            {
                "digest": layer.digest,
                "media_type": layer.media_type,
                "size": layer.size,
                "unpacked": layer.unpacked,
                "entries": layer.files,
                "created_by": layer.created_by,
            }
            for layer in platform.layers
        ],
        "ballast": [
            {"kind": one.kind, "layer": one.layer, "size": one.size, "files": one.files, "path": one.path}
            for one in platform.ballast
        ],
        "binaries": [binary(one) for one in platform.binaries],
    }


def _config(config: ImageConfig) -> dict[str, Any]:
    return {
        "os": config.os,
        "architecture": config.architecture,
        "variant": config.variant,
        "created": config.created,
        "user": config.user,
        "entrypoint": list(config.entrypoint),
        "command": list(config.command),
        "directory": config.directory,
        "environment": sorted(config.environment),  # names alone: values may be secrets
        "ports": list(config.ports),
        "labels": dict(config.labels),
    }
