"""What `make build` left, read from the built template, so that nothing is repeated here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rowshot_local.engine.template import load, resources

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / ".aws-sam" / "build"


@dataclass(frozen=True)
class BuiltFunction:
    """A function as it would be uploaded.

    Args:
        name: Its logical id.
        folder: Its code.
        handler: ``module.function``.
        layers: Its layers' folders, in the order of the template.
        timeout: Seconds.
        memory: MB.
    """

    name: str
    folder: Path
    handler: str
    layers: tuple[Path, ...]
    timeout: int
    memory: int

    @property
    def event_name(self) -> str:
        """The name of its event in ``events/``."""
        return self.handler.partition(".")[0]


def built_functions() -> dict[str, BuiltFunction]:
    """Every built function by its logical id."""
    template = load(BUILD / "template.yaml")
    common = template["Globals"]["Function"]

    def read(name: str, properties: dict[str, Any]) -> BuiltFunction:
        merged = {**common, **properties}
        return BuiltFunction(
            name=name,
            folder=BUILD / merged["CodeUri"],
            handler=merged["Handler"],
            layers=tuple(BUILD / each["Ref"] for each in merged["Layers"]),
            timeout=merged["Timeout"],
            memory=merged["MemorySize"],
        )

    return {
        name: read(name, resource["Properties"])
        for name, resource in resources(template, "AWS::Serverless::Function")
    }


def built_layers() -> dict[str, Path]:
    """Every built layer's folder by its logical id."""
    template = load(BUILD / "template.yaml")
    return {name: BUILD / name for name, _ in resources(template, "AWS::Serverless::LayerVersion")}


def size(folder: Path) -> int:
    """Bytes of all files below a folder, as Lambda counts what it unzips."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
