"""Which error an answer of hiapi's means: who is meant, in whatever shape it comes."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from rowshot.deciding.reasons import judge
from rowshot.errors import (
    HiapiBusy,
    HiapiContentRefused,
    HiapiDenied,
    HiapiError,
    HiapiOutOfBalance,
    HiapiRefused,
    HiapiUnavailable,
    HiapiUnknownOutcome,
)
from rowshot.ordering.hiapi import HiapiClient

Body = dict[str, Any] | list[Any] | str
PAGE = "<html><head><title>400 Bad Request</title></head><body><center>nginx</center></body></html>"
NAMES: dict[str, type[HiapiError]] = {
    "row": HiapiRefused,
    "content": HiapiContentRefused,
    "balance": HiapiOutOfBalance,
    "key": HiapiDenied,
    "busy": HiapiBusy,
    "unknown": HiapiUnknownOutcome,
    "model": HiapiUnavailable,
}


def client(answer: httpx.Response | None = None, key: str = "a-key-of-somebody") -> HiapiClient:
    def give(request: httpx.Request) -> httpx.Response:
        if answer is None:
            told = request.headers["authorization"].removeprefix("Bearer ")
            return httpx.Response(200, json={"data": {"taskId": told}})
        return answer

    return HiapiClient("https://api.example.com", lambda: key, transport=httpx.MockTransport(give))


def error(status: int, body: Body, *, look: bool = False) -> HiapiError:
    content = body if isinstance(body, str) else json.dumps(body)
    asked = client(httpx.Response(status, content=content.encode()))
    with pytest.raises(HiapiError) as caught:
        asked.task("t") if look else asked.create(b"{}", "k")
    return caught.value


def nested(code: str, message: str = "", kind: str = "") -> Body:
    return {"error": {"code": code, "message": message, "type": kind or "new_api_error"}}


def flat(message: str, code: str = "") -> Body:
    return {"message": message, "error_code": code}


@pytest.mark.parametrize(
    ("status", "body", "meant"),
    [
        # one prompt
        (403, {"code": 403, "message": "The prompt contains content that is not allowed"}, "row"),
        (403, flat("prompt contains forbidden words"), "row"),
        (403, flat("Access to the image in image_input is forbidden"), "row"),
        (403, flat("This picture's user may not be shown"), "row"),
        (403, flat("提示词不能为空，无权限"), "row"),
        (403, nested("forbidden_content"), "content"),
        (403, nested("user_prompt_rejected"), "content"),
        (403, nested("access_denied"), "row"),
        (403, {"code": 403, "data": None}, "row"),
        (422, {"detail": [{"msg": "flagged", "type": "content_policy_violation"}]}, "content"),
        *[(status, nested("content_moderation"), "content") for status in (400, 401, 402, 403)],
        *[(status, nested("PROHIBITED_CONTENT"), "content") for status in (409, 422, 429, 451)],
        *[(status, nested("content_policy_violation"), "content") for status in (500, 502, 503)],
        (401, flat("our content policy"), "key"),
        (429, flat("our content policy"), "busy"),
        (500, flat("our content policy"), "unknown"),
        (500, nested("moderation_unavailable"), "unknown"),
        # the balance
        (403, nested("insufficient_permissions"), "key"),
        (403, flat("Insufficient permissions for this model"), "row"),
        (400, flat("Insufficient detail: prompt must have 4 characters"), "row"),
        (429, nested("insufficient_quota", kind="insufficient_quota"), "balance"),
        (429, nested("rate_limit_exceeded", kind="insufficient_quota"), "busy"),
        (429, nested("invalid_request_error", kind="insufficient_quota"), "balance"),
        (429, flat("You exceeded your current quota, please check your billing"), "busy"),
        (429, flat("余额不足"), "busy"),
        (
            429,
            {
                "error": {
                    "code": 429,
                    "status": "RESOURCE_EXHAUSTED",
                    "message": "You exceeded your current quota, please check your plan and"
                    " billing details.",
                }
            },
            "busy",
        ),
        (429, nested("Arrearage"), "balance"),
        (403, flat("Recharge your skin: the prompt was refused"), "row"),
        (400, flat("prompt rejected: prepaid card, no billing address"), "content"),
        (403, flat("提示词 '游戏充值卡, 红色' 未通过审核"), "content"),
        (403, flat("Prompt: 'a letter, your account is suspended' cannot be used"), "row"),
        (429, nested("quota_exceeded"), "busy"),
        (403, nested("quota_exceeded"), "balance"),
        (500, nested("insufficient_user_quota"), "balance"),
        (500, flat("upstream: insufficient balance"), "unknown"),
        *[
            (status, nested(code), "unknown")
            for status in (500, 502, 504)
            for code in (
                "billing_service_error",
                "payment_processor_error",
                "BILLING_LOOKUP",
                "credits_ledger_conflict",
                "balance_check_failed",
            )
        ],
        *[
            (status, nested(code), "balance")
            for status in (500, 502)
            for code in ("not_enough_credits", "Arrearage", "account_overdue", "quota_exhausted")
        ],
        (403, flat("Your credit balance is too low"), "balance"),
        (403, nested("billing_hard_limit_reached"), "balance"),
        (400, flat("余额不足", "INVALID_REQUEST"), "balance"),
        (404, nested("Arrearage"), "balance"),
        (402, {"message": "no"}, "balance"),
        (403, {"code": "Not permitted, sorry", "error": "no credits: out of credits"}, "balance"),
        # the key
        (403, nested("account_suspended", "Your account violates our policy"), "key"),
        (403, flat("API key revoked due to safety review"), "key"),
        (403, nested("permission_denied", "not allowed for this prompt"), "key"),
        (400, nested("InvalidApiKey"), "key"),
        (403, {"error": {"code": 403, "status": "PERMISSION_DENIED"}}, "key"),
        (401, {"message": "no"}, "key"),
        (401, "Unauthorized", "key"),
        (401, "invalid or missing API key\n", "key"),
        (401, "", "key"),
        (401, ["no"], "key"),
        (401, "401 Authorization Required: try <again>", "key"),
        (401, PAGE, "unknown"),
        (401, "  <!DOCTYPE html><title>Sign in</title>", "unknown"),
        (401, "<?xml version='1.0'?><Error/>", "unknown"),
        # the pace
        (403, nested("rate_limit_exceeded"), "busy"),
        (409, nested("IDEMPOTENCY_KEY_PROCESSING"), "busy"),
        (409, nested("IDEMPOTENCY_KEY_MISMATCH"), "unknown"),
        (422, nested("IDEMPOTENCY_KEY_MISMATCH"), "row"),
        (400, flat("", "MODEL_UNAVAILABLE"), "model"),
        (404, nested("model_not_found"), "row"),
        (500, nested("internal_error"), "unknown"),
        # what hiapi did not say
        (403, "error code: 1020", "unknown"),
        (403, "Forbidden", "unknown"),
        (403, "", "unknown"),
        (403, "Request blocked by WAF, your access is denied", "unknown"),
        (404, "404 page not found", "unknown"),
        (404, "", "unknown"),
        (400, PAGE, "unknown"),
        (451, '"blocked"', "unknown"),
        (403, ["no"], "unknown"),
        (403, {}, "unknown"),
        (400, "[" * 100_000, "unknown"),
        (502, "Bad gateway", "unknown"),
        (429, "slow down", "busy"),
        (503, PAGE, "busy"),
    ],
)
def test_who_is_meant(status: int, body: Body, meant: str) -> None:
    caught = error(status, body)
    expected = NAMES[meant]
    assert isinstance(caught, expected), caught.message
    assert isinstance(caught, HiapiContentRefused) or expected is not HiapiContentRefused
    assert not set("<{[") & set(caught.message)


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ({"code": 402, "message": "Insufficient balance", "data": {"balance": 0}}, "balance"),
        ({"code": "INSUFFICIENT_QUOTA", "data": None}, "balance"),
        ({"error": {"code": "insufficient_quota"}}, "balance"),
        ({"success": False, "message": "余额不足"}, "balance"),
        ({"code": 1102, "message": "Account in arrears", "data": {}}, "balance"),
        ({"code": 40201, "message": "no"}, "balance"),
        ({"code": "403", "message": "API key revoked"}, "key"),
        ({"error": {"code": "content_policy_violation"}, "data": {"taskId": None}}, "content"),
        ({"success": False, "message": "prompt: too long", "data": {"max": 800}}, "row"),
        ({"status": "error", "message": "size: bad"}, "row"),
        ({"error": "no such model"}, "row"),
        ({"code": "MODEL_NOT_FOUND"}, "row"),
        ({"code": "RATE_LIMITED"}, "busy"),
        ({"code": 429, "message": "slow down"}, "busy"),
        ({"success": False, "message": "size is not supported"}, "row"),
        ({"success": False, "message": "no", "error_code": "INVALID_REQUEST"}, "row"),
        ({"success": False, "message": "提示词不能为空"}, "row"),
        # it may have been taken
        ({"success": False, "message": "系统繁忙，请稍后再试"}, "unknown"),
        ({"success": False, "message": "系统升级中"}, "unknown"),
        ({"success": False, "message": "Under maintenance"}, "unknown"),
        ({"success": False, "message": "Forbidden"}, "unknown"),
        ({"success": False}, "unknown"),
        ({"error": "oops"}, "unknown"),
        ({"status": "error", "code": "SOMETHING_ELSE"}, "unknown"),
        ({"code": "billing_service_error"}, "unknown"),
        ({"code": "IDEMPOTENCY_STORE"}, "unknown"),
        ({"code": "INTERNAL_ERROR"}, "unknown"),
        ({"code": 500, "message": "oops"}, "unknown"),
        ({"code": 200, "message": "success", "data": {}}, "unknown"),
        ({"code": 0, "message": "ok", "data": None}, "unknown"),
        ({"code": 1, "message": "success"}, "unknown"),
        ({"code": "success", "data": []}, "unknown"),
        ({"status": "queued", "id": 3}, "unknown"),
        ({"data": {"taskId": ""}}, "unknown"),
        ({}, "unknown"),
        ("ok", "unknown"),
    ],
)
def test_a_200_that_is_a_refusal(body: Body, meant: str) -> None:
    caught = error(200, body)
    assert isinstance(caught, NAMES[meant]), caught.message


def test_a_200_about_a_task_counts_only_with_a_status() -> None:
    assert error(200, {"code": 404, "data": {"taskId": "t"}}, look=True).status == 404
    busy = error(200, {"code": 429, "data": {"retry": True}}, look=True)
    assert isinstance(busy, HiapiBusy)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Forbidden", "Forbidden."),
        ("Not from your network.", "Not from your network."),
        ("白名单", "白名单."),
        ("", "it gave no reason (status 403)."),
    ],
)
def test_a_look_that_is_refused_is_no_refused_order(said: str, shown: str) -> None:
    caught = error(403, {"message": said}, look=True)
    assert isinstance(caught, HiapiRefused)
    assert caught.message == f"hiapi does not show the task: {shown}"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"code": 400, "message": PAGE}, "it gave no reason (status 400)."),
        ({"error": {"message": f"upstream: {PAGE}"}}, "it gave no reason (status 400)."),
        ({"message": "&lt;!DOCTYPE html&gt; oops"}, "it gave no reason (status 400)."),
        ({"message": "Bad <br/> size"}, "it gave no reason (status 400)."),
        ({"message": PAGE, "error_code": "INVALID_REQUEST"}, "INVALID_REQUEST"),
        ({"message": "size must be <width>x<height>"}, "size must be <width>x<height>"),
        (
            {"detail": [{"loc": ["body", "input", "size"], "msg": "field required", "type": "x"}]},
            "size: field required",
        ),
        ({"detail": [{"msg": "too long"}, {"loc": [0], "msg": "no"}]}, "too long; no"),
        ({"detail": "No such model"}, "No such model"),
        ({"errors": [{"message": "bad seed"}, {"detail": "bad size"}]}, "bad seed; bad size"),
        ({"message": '{"error": {"message": "bad seed"}}'}, "bad seed"),
        ({"message": {"x": 1}}, "it gave no reason (status 400)."),
        ({"title": "No seed", "type": "about:blank", "status": 400}, "No seed"),
    ],
)
def test_what_a_row_is_told(body: Body, shown: str) -> None:
    assert error(400, body).message == f"hiapi refused the order: {shown}"


@pytest.mark.parametrize(
    "stated",
    [
        {"code": "TASK_FAILED", "message": PAGE},
        {"code": "TASK_FAILED", "msg": f"502: {PAGE}"},
        PAGE,
        {"message": [PAGE]},
        {"code": PAGE},
    ],
)
def test_no_web_page_comes_out_of_a_failed_task(stated: Any) -> None:
    body = {"data": {"status": "fail", "error": stated}}
    task = client(httpx.Response(200, json=body)).task("t")
    assert "<" not in judge(task.error_code, task.error_message, "t").reason


@pytest.mark.parametrize(
    "key", ["ключ", "two words", "line\nbreak", "naïve", "zero\u200bwidth", ""]
)
def test_a_key_that_cannot_be_sent_is_one_plain_sentence(key: str) -> None:
    with pytest.raises(HiapiDenied, match="no key has: copy it again"):
        client(key=key).create(b"{}", "k")
    with pytest.raises(HiapiDenied, match="no key has: copy it again"):
        client(key=key).task("t")


@pytest.mark.parametrize("key", [" a-key", "a-key\n", "\ta-key\r\n", "\u3000a-key"])
def test_what_stands_around_a_key_is_not_sent(key: str) -> None:
    assert client(key=key).create(b"{}", "k") == "a-key"
