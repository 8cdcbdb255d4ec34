"""The two buckets: the inbox with everything about runs, and the published pictures."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from rowshot.ledger.contention import TRIES, back_off
from rowshot.ledger.records import Picture
from rowshot.reading.origin import PREFIX

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from rowshot.finishing import Converted

WORKBOOK = "sheet.xlsx"  # a dropped workbook among the files of its run
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FOREVER = "public, max-age=31536000, immutable"
_GONE = ("404", "NoSuchKey", "NotFound", "NoSuchVersion")
_FORBIDDEN = ("403", "AccessDenied")  # HEAD has no body, so that its code is the bare status
Pause = Callable[[float], None]


@dataclass(frozen=True)
class DroppedSheet:
    """A dropped file with its object metadata (names in lower case)."""

    data: bytes
    metadata: Mapping[str, str]


class Inbox:
    """The bucket that sheets are dropped into; ``runs/<run id>/`` holds what Rowshot writes."""

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        pause: Pause = time.sleep,  # noqa: TID251 - milliseconds of back-off
    ) -> None:
        self._client = client
        self._pause = pause
        self.bucket = bucket

    def drop(self, key: str, version_id: str, limit: int) -> DroppedSheet:
        """The dropped file, read up to one byte past a limit so that its size can be judged."""
        extra: Any = {"VersionId": version_id} if version_id else {}
        answer = self._client.get_object(Bucket=self.bucket, Key=key, **extra)
        return DroppedSheet(answer["Body"].read(limit + 1), answer["Metadata"])

    def newest(self, key: str) -> str:
        """The id of the version that was written last, empty where the object is gone."""
        head = _look(self._client, self._client.head_object, Bucket=self.bucket, Key=key)
        return str(head.get("VersionId", "")) if head else ""

    def drop_sheet(self, name: str, data: bytes, metadata: Mapping[str, str]) -> tuple[str, str]:
        """Drops a CSV file, which starts a run; returns its key and its version's id.

        Args:
            name: Its name below ``sheets/``.
            data: The file.
            metadata: Object metadata, ASCII only.
        """
        key = f"{PREFIX}{name}"
        answer = self._client.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=data,
            ContentType="text/csv; charset=utf-8",
            Metadata=dict(metadata),
        )
        return key, answer.get("VersionId", "")

    def put(self, run_id: str, name: str, data: bytes, content_type: str) -> str:
        """Writes a file of a run and returns its key."""
        key = f"runs/{run_id}/{name}"
        self._client.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=content_type)
        return key

    def put_json(self, run_id: str, name: str, value: Any) -> str:
        """Writes a JSON file of a run and returns its key."""
        data = io.BytesIO()
        # Bit by bit, because the text of 20,000 rows takes several times what its bytes do.
        with io.TextIOWrapper(data, "utf-8", newline="\n") as text:
            json.dump(value, text, ensure_ascii=False, indent=1)
            text.flush()
            return self.put(run_id, name, data.getvalue(), "application/json")

    def put_once(self, run_id: str, name: str, data: bytes, content_type: str) -> str:
        """Writes a file of a run unless it stands already, and returns its key."""
        key = f"runs/{run_id}/{name}"
        file = {"Bucket": self.bucket, "Key": key, "Body": data, "ContentType": content_type}
        _put_once(self._client, self._pause, file)
        return key

    def get(self, run_id: str, name: str) -> bytes | None:
        """A file of a run, or None."""
        return self._read(run_id, name)

    def get_part(self, run_id: str, name: str, offset: int, length: int) -> bytes | None:
        """Some bytes of a file of a run, or None."""
        return self._read(run_id, name, Range=f"bytes={offset}-{offset + length - 1}")

    def _read(self, run_id: str, name: str, **part: str) -> bytes | None:
        file = {"Bucket": self.bucket, "Key": f"runs/{run_id}/{name}", **part}
        answer = _look(self._client, self._client.get_object, **file)
        return answer["Body"].read() if answer else None

    def note_version(self, sheet_id: str, row_hash: str, version: int, note: bytes) -> None:
        """Notes a redo's version outside the ledger, so that a lost ledger cannot fall back."""
        key = f"versions/{sheet_id}/{row_hash}-{version:06d}.json"
        self._client.put_object(
            Bucket=self.bucket, Key=key, Body=note, ContentType="application/json"
        )

    def noted_versions(self, sheet_id: str) -> dict[str, int]:
        """The highest noted version by row hash."""
        noted: dict[str, int] = {}
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=f"versions/{sheet_id}/"):
            for entry in page.get("Contents", []):
                name = entry["Key"].rsplit("/", 1)[1].removesuffix(".json")
                row_hash, version = name.rsplit("-", 1)
                noted[row_hash] = max(noted.get(row_hash, 1), int(version))
        return noted

    def noted_version(self, sheet_id: str, row_hash: str, version: int) -> dict[str, Any]:
        """What was noted with a version."""
        key = f"versions/{sheet_id}/{row_hash}-{version:06d}.json"
        answer = self._client.get_object(Bucket=self.bucket, Key=key)
        noted: dict[str, Any] = json.loads(answer["Body"].read())
        return noted


class Media:
    """The bucket behind the CDN.

    Args:
        client: A boto3 S3 client.
        bucket: Its name.
        base_url: Where the CDN serves it, without a final slash.
        pause: Waits wall seconds between tries of a contended write.
    """

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        base_url: str,
        pause: Pause = time.sleep,  # noqa: TID251 - milliseconds of back-off
    ) -> None:
        self._client = client
        self._pause = pause
        self._bucket = bucket
        self._base_url = base_url.rstrip("/")

    @staticmethod
    def key(folder: str, render_id: str, width: int | None = None) -> str:
        """The key of a picture; it never holds anything else than this picture."""
        return f"images/{folder}/{render_id}{f'-{width}' if width else ''}.webp"

    def store(self, folder: str, render_id: str, converted: Converted) -> Picture:
        """Stores a picture in all its sizes, the full size last: where it stands, all do."""
        for width, encoded in sorted(converted.widths.items()):
            self._put(self.key(folder, render_id, width), encoded.data, {})
        full = converted.full
        metadata = {"width": str(full.width), "height": str(full.height)}
        self._put(self.key(folder, render_id), full.data, metadata)
        return self._picture(folder, render_id, full.width, full.height, len(full.data))

    def find(self, folder: str, render_id: str) -> Picture | None:
        """The picture as it is stored, or None: an upload whose record was lost is found here."""
        key = self.key(folder, render_id)
        head = _look(self._client, self._client.head_object, Bucket=self._bucket, Key=key)
        if head is None:
            return None
        stored = head["Metadata"]
        size = int(head["ContentLength"])
        return self._picture(folder, render_id, int(stored["width"]), int(stored["height"]), size)

    def copy(self, source: str, target: str, render_id: str, picture: Picture) -> Picture:
        """Copies a stored picture to another row's folder, the full size last."""
        widths: list[int | None] = [480, 960, None]
        for width in widths:
            self._client.copy_object(
                Bucket=self._bucket,
                Key=self.key(target, render_id, width),
                CopySource={"Bucket": self._bucket, "Key": self.key(source, render_id, width)},
            )
        return self._picture(target, render_id, picture.width, picture.height, picture.size)

    def get(self, folder: str, render_id: str) -> bytes:
        """The bytes of the full size."""
        key = self.key(folder, render_id)
        return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def put_report(self, path: str, data: bytes, content_type: str) -> str:
        """Publishes a page under ``reports/`` and returns its URL."""
        key = f"reports/{path}"
        self._client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=data,
            ContentType=content_type,
            CacheControl="public, max-age=300",
        )
        return f"{self._base_url}/{quote(key)}"

    def _put(self, key: str, data: bytes, metadata: dict[str, str]) -> None:
        """Stores an object once: a URL that was given out never changes its picture."""
        picture = {
            "Bucket": self._bucket,
            "Key": key,
            "Body": data,
            "ContentType": "image/webp",
            "CacheControl": _FOREVER,
            "Metadata": metadata,
        }
        _put_once(self._client, self._pause, picture)

    def _picture(self, folder: str, render_id: str, width: int, height: int, size: int) -> Picture:
        url = f"{self._base_url}/{quote(self.key(folder, render_id))}"
        return Picture(url, width, height, size)


def _look(client: S3Client, ask: Callable[..., Any], **request: str) -> Any | None:
    """What S3 answers about an object that may be missing, None where it is.

    Whoever may not list the bucket is answered 403 for a missing key, and our roles may list only
    what lies below their prefix, which a look at one object does not name. So a 403 is settled by a
    listing of that key: without a right to it, or with the key in it, a permission is missing.
    """
    try:
        return ask(**request)
    except ClientError as error:
        if _code(error) in _GONE:
            return None
        if _code(error) in _FORBIDDEN and _is_missing(client, request["Bucket"], request["Key"]):
            return None
        raise


def _is_missing(client: S3Client, bucket: str, key: str) -> bool:
    """Whether a key is not in the bucket, as far as the role may know."""
    try:
        found = client.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
    except ClientError as error:
        if _code(error) in _FORBIDDEN:
            return False
        raise
    # Of all keys that begin with it the key itself is listed first.
    return key not in (each["Key"] for each in found.get("Contents", []))


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def _put_once(client: S3Client, pause: Pause, request: dict[str, Any]) -> None:
    """Writes an object unless one stands: 412 says that one does, 409 that two writes met."""
    attempt = 0
    while True:
        try:
            client.put_object(**request, IfNoneMatch="*")
            return
        except ClientError as error:
            code = _code(error)
            if code in ("PreconditionFailed", "412"):
                return
            if code not in ("ConditionalRequestConflict", "409") or attempt == TRIES - 1:
                raise
        pause(back_off(attempt))
        attempt += 1
