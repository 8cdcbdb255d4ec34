"""What ``sam build`` and ``sam package`` do, without third-party code.

Local folders and files that a template names become objects in a bucket, named by their content,
and the template names those. Third-party packages are not installed: the engine's functions import
them from the engine's own environment.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import marshal
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

from rowshot_local.engine.errors import DeployFailed
from rowshot_local.engine.template import Template, resources

_LEFT_OUT = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".DS_Store"}
# The earliest date a zip can hold; a fixed one makes equal content equal bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass
class Artifacts:
    """What a template needs in its bucket.

    Args:
        bucket: The bucket's name.
        objects: Bytes by key.
    """

    bucket: str
    objects: dict[str, bytes] = field(default_factory=dict)

    def add(self, body: bytes, suffix: str) -> str:
        """Notes an object; returns its key, the same for the same bytes."""
        key = f"{hashlib.sha256(body).hexdigest()}{suffix}"
        self.objects[key] = body
        return key


@dataclass(frozen=True)
class _Reference:
    """A property that may name something local.

    Args:
        kind: The resource type.
        name: The property.
        form: How an object is named there: its bucket's, key's and version's field.
        packed: Whether a folder is zipped; else a file is uploaded as it is.
    """

    kind: str
    name: str
    form: tuple[str, str] = ("Bucket", "Key")
    packed: bool = True


_REFERENCES = (
    _Reference("AWS::Serverless::Function", "CodeUri"),
    _Reference("AWS::Serverless::LayerVersion", "ContentUri"),
    _Reference("AWS::Serverless::StateMachine", "DefinitionUri", packed=False),
    _Reference("AWS::Lambda::Function", "Code", ("S3Bucket", "S3Key")),
    _Reference("AWS::Lambda::LayerVersion", "Content", ("S3Bucket", "S3Key")),
    _Reference("AWS::StepFunctions::StateMachine", "DefinitionS3Location", packed=False),
)


def package(template: Template, base: Path, bucket: str) -> Artifacts:
    """Replaces what is local in a template, in place.

    Args:
        template: As ``template.load`` returns it.
        base: The folder that local paths start at: the template's.
        bucket: The bucket the objects will lie in.

    Returns:
        The objects to put there.

    Raises:
        DeployFailed: Something the template names is not there.
    """
    artifacts = Artifacts(bucket)
    zips: dict[tuple[Path, str], bytes] = {}
    for reference in _REFERENCES:
        for name, resource in resources(template, reference.kind):
            properties = resource.setdefault("Properties", {})
            local = _value(template, reference, properties)
            if not isinstance(local, str) or local.startswith(("s3://", "https://")):
                continue
            path = (base / local).resolve()
            if reference.packed:
                inside = _prefix(resource)
                if (path, inside) not in zips:
                    zips[path, inside] = zip_folder(path, inside, f"{name}.{reference.name}")
                key = artifacts.add(zips[path, inside], ".zip")
            else:
                key = artifacts.add(_file(path, f"{name}.{reference.name}"), path.suffix)
            properties[reference.name] = dict(zip(reference.form, (bucket, key), strict=True))
    return artifacts


def zip_folder(path: Path, prefix: str, used_by: str) -> bytes:
    """A folder as a zip whose bytes depend on names and contents only.

    Args:
        path: The folder.
        prefix: Where its contents lie in the zip: empty, or a path with a final slash.
        used_by: What names it, for the message.

    Raises:
        DeployFailed: It is no folder.
    """
    if not path.is_dir():
        raise DeployFailed(f"{used_by} in the template names {path}, which is not a folder.")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for file in _files(path):
            entry = zipfile.ZipInfo(prefix + file.relative_to(path).as_posix(), _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    return buffer.getvalue()


def with_bytecode(body: bytes) -> bytes:
    """A zip of sources with their bytecode added, for this interpreter.

    Each worker of the engine unpacks its own copy, so without it each one compiles everything
    anew. The bytecode is marked as unchecked: the copy's time stamps say nothing of the source.
    """
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(body)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for entry in source.infolist():
            text = source.read(entry)
            target.writestr(entry, text)
            if entry.filename.endswith(".py"):
                code = compile(text, entry.filename, "exec", dont_inherit=True)
                name = importlib.util.cache_from_source(entry.filename)
                target.writestr(zipfile.ZipInfo(name, _DATE), _pyc(code, text))
    return buffer.getvalue()


def _pyc(code: CodeType, source: bytes) -> bytes:
    """A hash-based, unchecked .pyc (PEP 552: flags 0b01)."""
    header = importlib.util.MAGIC_NUMBER + (0b01).to_bytes(4, "little")
    return header + importlib.util.source_hash(source) + marshal.dumps(code)


def _files(path: Path) -> Iterator[Path]:
    for file in sorted(path.rglob("*")):
        parts = file.relative_to(path).parts
        if file.is_file() and not _LEFT_OUT.intersection(parts) and file.suffix != ".pyc":
            yield file


def _value(template: Template, reference: _Reference, properties: Mapping[str, Any]) -> Any:
    """A property, or what ``Globals`` say for it."""
    shared = template.get("Globals", {}).get(reference.kind.rpartition("::")[2], {})
    local = properties.get(reference.name, shared.get(reference.name))
    return None if "InlineCode" in properties else local


def _prefix(resource: Mapping[str, Any]) -> str:
    """Where ``sam build`` puts the source of a layer that it builds for Python."""
    method = resource.get("Metadata", {}).get("BuildMethod", "")
    layer = str(resource["Type"]).endswith("::LayerVersion")
    return "python/" if layer and str(method).startswith("python") else ""


def _file(path: Path, used_by: str) -> bytes:
    if not path.is_file():
        raise DeployFailed(f"{used_by} in the template names {path}, which is not a file.")
    return path.read_bytes()
