"""S3 in memory: versioned buckets with conditional writes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from support.aws.failing import client_error


@dataclass(frozen=True)
class Stored:
    """One version of an object."""

    body: bytes
    version: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    content_type: str = ""
    cache_control: str = ""
    deleted: bool = False


class S3:
    """What the buckets use of a boto3 S3 client.

    Args:
        before: Told of each write before it happens.
        conflicts: Whether a conditional write meets another on the same key; drawn at each.
    """

    def __init__(
        self,
        before: Callable[[str], None] = lambda name: None,
        conflicts: Callable[[], bool] = lambda: False,
    ) -> None:
        self._before = before
        self._conflicts = conflicts
        self.conflicts = 0
        self.objects: dict[tuple[str, str], list[Stored]] = {}
        self._versions = 0

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **more: Any) -> dict[str, Any]:
        """PutObject, with ``IfNoneMatch``."""
        self._before("s3 PutObject")
        if len(Key.encode()) > 1024:
            raise client_error("KeyTooLongError", "PutObject")
        metadata = more.get("Metadata", {})
        if sum(len(name) + len(value) for name, value in metadata.items()) > 2048:
            raise client_error("MetadataTooLarge", "PutObject")
        if "IfNoneMatch" in more and self._conflicts():
            self.conflicts += 1
            raise client_error("ConditionalRequestConflict", "PutObject")
        standing = self.objects.setdefault((Bucket, Key), [])
        if more.get("IfNoneMatch") == "*" and standing and not standing[-1].deleted:
            raise client_error("PreconditionFailed", "PutObject")
        self._versions += 1
        stored = Stored(
            bytes(Body),
            f"v{self._versions}",
            {name.lower(): value for name, value in more.get("Metadata", {}).items()},
            more.get("ContentType", ""),
            more.get("CacheControl", ""),
        )
        for value in stored.metadata.values():
            value.encode("ascii")  # as boto3 demands
        standing.append(stored)
        return {"VersionId": stored.version}

    def delete_object(self, *, Bucket: str, Key: str) -> None:
        """DeleteObject: a marker on top of the versions, which stay."""
        self._versions += 1
        marker = Stored(b"", f"v{self._versions}", deleted=True)
        self.objects.setdefault((Bucket, Key), []).append(marker)

    def get_object(
        self, *, Bucket: str, Key: str, VersionId: str = "", Range: str = ""
    ) -> dict[str, Any]:
        """GetObject, whole or one range of bytes."""
        stored = self._find(Bucket, Key, VersionId, "NoSuchKey")
        body = stored.body
        if Range:
            first, last = (int(each) for each in Range.removeprefix("bytes=").split("-"))
            if first >= len(body):
                raise client_error("InvalidRange", "GetObject")
            body = body[first : last + 1]
        return {"Body": io.BytesIO(body), "Metadata": dict(stored.metadata)}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        """HeadObject."""
        stored = self._find(Bucket, Key, "", "404")
        return {
            "ContentLength": len(stored.body),
            "Metadata": dict(stored.metadata),
            "VersionId": stored.version,
        }

    def copy_object(self, *, Bucket: str, Key: str, CopySource: Any) -> None:
        """CopyObject."""
        stored = self._find(CopySource["Bucket"], CopySource["Key"], "", "NoSuchKey")
        self.put_object(
            Bucket=Bucket,
            Key=Key,
            Body=stored.body,
            Metadata=stored.metadata,
            ContentType=stored.content_type,
            CacheControl=stored.cache_control,
        )

    def list_objects_v2(self, *, Bucket: str, Prefix: str, MaxKeys: int) -> dict[str, Any]:
        """ListObjectsV2, its first page."""
        keys = self.keys(Bucket, Prefix)[:MaxKeys]
        return {"Contents": [{"Key": key} for key in keys]} if keys else {}

    def get_paginator(self, operation: str) -> S3:
        """ListObjectsV2's paginator."""
        if operation != "list_objects_v2":
            raise ValueError(operation)
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        """Pages of two, so that paging is really used."""
        keys = self.keys(Bucket, Prefix)
        for start in range(0, len(keys), 2):
            yield {"Contents": [{"Key": key} for key in keys[start : start + 2]]}
        if not keys:
            yield {}

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """The keys of a bucket, for tests."""
        return sorted(
            key
            for (name, key), versions in self.objects.items()
            if name == bucket and key.startswith(prefix) and not versions[-1].deleted
        )

    def read(self, bucket: str, key: str) -> bytes:
        """An object's bytes, for tests."""
        return self._find(bucket, key, "", "NoSuchKey").body

    def _find(self, bucket: str, key: str, version: str, code: str) -> Stored:
        versions = self.objects.get((bucket, key), [])
        wanted = [each for each in versions if not version or each.version == version]
        if not wanted or wanted[-1].deleted:
            raise client_error(code, "GetObject")
        return wanted[-1]
