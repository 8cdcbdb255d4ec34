"""Reads hiapi's answers, in any of the shapes on record and their likes.

hiapi's own are ``{code, message, data, error_code}``, ``{code, message}`` and ``{error: {code,
type, message}}``; gateways and frameworks send ``{success, message}``, ``{detail: [{msg, type}]}``
and more. No web page is ever anybody's words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rowshot.deciding.refusals import of_code, subject_of
from rowshot.ordering.verdicts import stated_status
from rowshot.telemetry.redaction import is_page

_CODES: Final = ("error_code", "errorCode", "code", "type", "status")
_WORDS: Final = ("message", "msg", "reason", "detail", "description", "title")
_TASK_CODES: Final = ("error_code", "errorCode")
_TASK_WORDS: Final = ("fail_reason", "failReason", "error_message", "errorMessage", "reason")
_FINE: Final = frozenset({"ok", "success", "succeeded", "successful", "true"})
_FAILED: Final = frozenset({"error", "fail", "failed", "failure"})
_STATUSES: Final = ("code", "status", "statusCode")
_CODE = re.compile(r"(?!\d{3}$)[\w.:/-]{1,100}")  # three digits are a status
_STATUS = re.compile(r"([45]\d\d)(?:\d\d\d?)?")  # 402, or 40201 as some number their errors
_LONGEST_TASK_ID = 256
_DEEPEST = 6  # of words inside lists and objects


def json_value(text: str | bytes) -> Any:
    """What a text is as JSON, None when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def json_object(content: bytes) -> dict[str, Any]:
    """The JSON object that an answer is, empty when it is none."""
    body = json_value(content)
    return body if isinstance(body, dict) else {}


def refusal(body: Mapping[str, Any]) -> tuple[str, str]:
    """Code and words of a refusal; of several codes the one that says most."""
    nested = [*_objects(body.get("error")), *_objects(body.get("errors"))]
    sources = [*nested, body, *_objects(body.get("detail"))]
    return _telling(code for each in sources for code in _texts(each, _CODES)), said(body)


def stated_refusal(body: Mapping[str, Any]) -> int:
    """The status of a refusal that HTTP called a success; 0 where the body refuses nothing."""
    sources = [body, *_objects(body.get("error"))]
    stated = [str(each.get(name, "")) for each in sources for name in _STATUSES]
    statuses = [int(found[1]) for found in map(_STATUS.fullmatch, stated) if found]
    if statuses:
        return statuses[0]
    code, words = refusal(body)
    named = [each for each in _texts(body, _CODES[:3]) if each.lower() not in _FINE]
    # A number says nothing by itself: each API has its own for "done".
    told = any(not each.isdecimal() for each in named) or (named and subject_of("", words))
    failed = body.get("success") is False or str(body.get("status")).lower() in _FAILED
    return stated_status(code, words) if told or failed or body.get("error") else 0


def task_failure(data: Mapping[str, Any]) -> tuple[str, str]:
    """Code and words of a failed task, from wherever the answer has them."""
    stated = data.get("error")
    codes = [code for each in _objects(stated) for code in _texts(each, _CODES)]
    words = map(said, (stated, *map(data.get, _TASK_WORDS)))
    return _telling([*codes, *_texts(data, _TASK_CODES)]), next(filter(None, words), "")


def as_task_id(value: Any) -> str:
    """A task's id as text, whatever JSON made of it; empty when it is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or value in (".", "..") or not value.isprintable():
        return ""
    return value if len(value) <= _LONGEST_TASK_ID else ""


def image(output: Any) -> tuple[str, int]:
    """Link and expiry of the first output whose type is ``image``."""
    for each in output if isinstance(output, list) else []:
        if isinstance(each, dict) and each.get("type") == "image" and each.get("url"):
            expires = each.get("expireAt")
            return str(each["url"]).strip(), expires if isinstance(expires, int) else 0
    return "", 0


def said(value: Any, depth: int = _DEEPEST) -> str:
    """What a part of an answer says in words; empty for a web page, and for what says nothing."""
    if isinstance(value, bool) or not value or not depth:
        return ""
    if isinstance(value, list):
        return "; ".join(dict.fromkeys(filter(None, (said(each, depth - 1) for each in value))))
    if isinstance(value, dict):
        inner = [value.get(name) for name in ("error", "errors")]
        nested = [each for each in inner if isinstance(each, dict | list)]
        parts = [*nested, *map(value.get, _WORDS), *inner]
        words = next(filter(None, (said(each, depth - 1) for each in parts)), "")
        return f"{_field(value)}{words}" if words else ""
    words = str(value).strip()
    if words.startswith(("{", "[")) and (quoted := json_value(words)):
        return said(quoted, depth - 1)
    return "" if is_page(words) else words


def _field(error: Mapping[str, Any]) -> str:
    """Which input an entry of FastAPI's list is about: ``size: ``."""
    place = error.get("loc")
    names = [each for each in place if isinstance(each, str)] if isinstance(place, list) else []
    return f"{names[-1]}: " if names else ""


def _objects(value: Any) -> list[dict[str, Any]]:
    """The objects that a part of an answer is or lists."""
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, dict)]


def _texts(source: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    found = (source.get(name) for name in names)
    texts = (str(each) for each in found if isinstance(each, str | int) and each)
    return (text for text in texts if _CODE.fullmatch(text))


def _telling(codes: Iterable[str]) -> str:
    """The code that is plainly about something, else the first, empty without any."""
    known = list(codes)
    return next((code for code in known if of_code(code)), known[0] if known else "")
