"""Reads hiapi's answers, as the doctor judges them."""

from __future__ import annotations

from typing import Any

import httpx

from rowshot_local.doctor.checks import Verdict, ok, wrong

TELL = "Do not start large sheets, and tell whoever maintains Rowshot what this line says."


def accepted(base_url: str, token: str, http: httpx.Client) -> Verdict:
    """Whether hiapi accepts a key; a look at the list of tasks costs nothing."""
    url = f"{api(base_url)}/tasks?page=1&size=1"
    answer = http.get(url, headers={"Authorization": f"Bearer {token}"})
    if answer.status_code == 200:
        return ok("hiapi accepts it.")
    if answer.status_code in (401, 403):
        return wrong(
            f"hiapi answers {answer.status_code}: it does not accept the key.",
            "Copy the key from hiapi's console again, and put it where this one is.",
        )
    return wrong(f"hiapi answers {answer.status_code}.", "Try again later.")


def api(base_url: str) -> str:
    """The address that the API's paths follow."""
    return f"{base_url.strip().rstrip('/').removesuffix('/v1')}/v1"


def _parsed(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def data_of(answer: httpx.Response) -> dict[str, Any]:
    """The answer's data, empty where it has none."""
    data = _parsed(answer).get("data")
    return data if isinstance(data, dict) else {}


def words(answer: httpx.Response) -> str:
    """The message of an answer, from any of the shapes on record; empty when it has another."""
    body = _parsed(answer)
    nested = body.get("error")
    source = nested if isinstance(nested, dict) else body
    return str(source.get("message") or "")


def out_of_order(answer: httpx.Response) -> Verdict | None:
    """What keeps hiapi from answering at all, which breaks no promise; None if it answers."""
    status = answer.status_code
    if status == 402:
        return wrong("the balance is too low (402).", "Top the account up at hiapi.")
    if status in (401, 403):
        return wrong(
            f"hiapi does not let this key place orders ({status}).", "Check the key at hiapi."
        )
    if status == 429 or status >= 500:
        return wrong(
            f"hiapi is busy or out of order ({status}), so this could not be seen.",
            "Run the doctor again later.",
        )
    return None


def refusal(answer: httpx.Response, status: int) -> Verdict:
    """Whether an answer is a refusal of this status, with a message that can be read."""
    off = out_of_order(answer) if answer.status_code not in (401, 403) else None
    if off:
        return off
    if answer.status_code != status:
        return wrong(f"the answer was {answer.status_code} instead of {status}.", TELL)
    if not words(answer):
        return wrong(f"{status}, but without a message in a form that is known.", TELL)
    return ok(f"{status}, '{words(answer)}'.")
