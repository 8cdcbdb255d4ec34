"""What a refusal is about, by code and words of the APIs that hiapi may stand before."""

from __future__ import annotations

import pytest

from rowshot.deciding.content_rules import is_about_content
from rowshot.deciding.reasons import Reason, judge
from rowshot.deciding.refusals import Subject, of_code, of_words, subject_of


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("DataInspectionFailed", "Input data may contain inappropriate content."),
        ("data_inspection_failed", "Output data may contain inappropriate content."),
        ("PROHIBITED_CONTENT", ""),
        ("IMAGE_PROHIBITED_CONTENT", ""),
        ("BLOCKLIST", ""),
        ("RECITATION", ""),
        ("IMAGE_SAFETY", ""),
        ("InputTextSensitiveContentDetected", "The request failed"),
        ("OutputImageSensitiveContentDetected.PolicyViolation", ""),
        ("IPInfringementSuspect", ""),
        ("ResponsibleAIPolicyViolation", ""),
        ("moderation_blocked", "Your request was rejected as a result of our safety system."),
        ("prompt_blocked", ""),
        ("sensitive_words_detected", "user sensitive words detected"),
        ("forbidden_content", ""),
        ("user_prompt_rejected", ""),
        ("content-filter", ""),
        ("", "blocked by content filter"),
        ("", "unsafe content"),
        ("", "The output contains nudity"),
        ("", "prohibited words in prompt"),
        ("", "Banned prompt detected"),
        ("", "The prompt contains content that is not allowed"),
        ("", "Your request was flagged."),
        ("", "prompt contains forbidden words"),
        ("", "This image may infringe a trademark"),
        ("INVALID_REQUEST", "Your prompt violates our usage policy"),
        ("invalid_request_error", "Your prompt violates the law"),
        ("TASK_FAILED", "输入文本包含敏感词"),
        ("TASK_FAILED", "包含不当内容"),
        ("", "提示词含有禁止词"),
        ("", "命中风控策略"),
        ("", "图片涉嫌侵权"),
        ("", "系统检测到输入或生成内容可能包含不安全或敏感内容"),
        ("", "內容審核未通過"),
        ("", "提示词 '游戏充值卡, 红色' 未通过审核"),
        ("", "提示词“账户余额不足”未通过审核"),
        ("", "prompt rejected: prepaid card, no billing address"),
        ("", "The prompt was refused: a toy bank, top up your savings, low balance"),
        ("", "Prompt declined: wallet with insufficient funds, account suspended"),
        ("", "'please recharge your account' was flagged"),
        ("", 'Upstream said: "your prompt violates our rules"'),
    ],
)
def test_what_is_about_content(code: str, words: str) -> None:
    assert is_about_content(code, words)
    assert judge(code, words, "t").code is Reason.CONTENT_RULES


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("STORAGE_UNAVAILABLE", "storage policy denied"),
        ("", "storage policy denied"),
        ("INVALID_REQUEST", "prompt violates the schema"),
        ("INVALID_REQUEST", "size violates the maximum length"),
        ("INVALID_REQUEST", "schema violation in input"),
        ("SCHEMA_VIOLATION", ""),
        ("TASK_FAILED", "model names are case-sensitive"),
        ("TASK_FAILED", "参数大小写敏感"),
        ("", "moderation service unavailable"),
        ("", "The content moderation system is temporarily unavailable"),
        ("", "error from the moderation service"),
        ("content_moderation", "moderation API error"),
        ("MODERATION_UNAVAILABLE", ""),
        ("moderation_service_error", ""),
        ("", "审核服务繁忙"),
        ("", "内容审核系统异常，请稍后再试"),
        ("TASK_TIMEOUT", "moderation service timed out"),
        ("", "安全检测超时"),
        ("model_not_found", "see our policy on models"),
        ("rate_limit_exceeded", "our fair use policy"),
        ("account_suspended", "Your account violates our policy"),
        ("insufficient_quota", "see the billing policy"),
        ("", "invalid input: moderation: value must be one of 'auto', 'low'"),
        ("", "Content-Type not allowed"),
        ("", "unsafe URL in image_input"),
        ("", "参数不当"),
        ("", "Access denied by the network's security policy"),
        ("", "blocked by firewall policy 7"),
        ("", "Blocked by our network's policy"),
    ],
)
def test_what_is_about_something_else(code: str, words: str) -> None:
    assert not is_about_content(code, words)


@pytest.mark.parametrize(
    ("subject", "codes"),
    [
        (
            Subject.BALANCE,
            "insufficient_quota INSUFFICIENT_QUOTA InsufficientBalance insufficient_user_quota"
            " Arrearage AccountOverdueError not_enough_credits InsufficientBalanceError"
            " balance_not_enough credits_exhausted user_quota_exhausted Account.InArrears",
        ),
        (
            Subject.BILLING,
            "billing_hard_limit_reached payment_required credit_balance_too_low out_of_quota"
            " pre_consume_token_quota_failed",
        ),
        (
            Subject.KEY,
            "invalid_api_key InvalidApiKey permission_denied insufficient_permissions token_expired"
            " invalid_auth account_suspended account_deactivated user_banned token_disabled"
            " AuthenticationError unauthorized organization_disabled disabled_account",
        ),
        (Subject.PACE, "rate_limit_exceeded Throttling.RateQuota TooManyRequests RequestTooFast"),
        (
            Subject.SERVICE,
            "MODEL_UNAVAILABLE TASK_TIMEOUT InternalError channel:invalid_key"
            " billing_service_error get_balance_failed PaymentSystemDown channel:no_credits",
        ),
        (Subject.ORDER, "model_not_found SCHEMA_VIOLATION"),
        (Subject.IDEMPOTENCY, "IDEMPOTENCY_KEY_MISMATCH idempotency_error"),
        (Subject.QUOTA, "quota_exceeded QuotaExceeded"),
        (
            None,
            "forbidden access_denied user_error max_tokens token_limit_exceeded INVALID_REQUEST"
            " TASK_FAILED INVALID_INPUT insufficient_detail new_api_error load_balancer_failed"
            " count_token_failed white_balance_invalid 1301",
        ),
    ],
)
def test_codes(subject: Subject | None, codes: str) -> None:
    assert {code: of_code(code) for code in codes.split()} == dict.fromkeys(codes.split(), subject)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (Subject.BALANCE, "Insufficient balance, please top up"),
        (Subject.BALANCE, "Your credit balance is too low"),
        (Subject.BALANCE, "You have run out of credits, not enough credits left"),
        (Subject.BALANCE, "You exceeded your current quota, please check your plan and billing"),
        (Subject.BALANCE, "Your account does not have enough credits"),
        (Subject.BALANCE, "You don't have sufficient funds"),
        (Subject.BALANCE, "No credits left on this account"),
        (Subject.BALANCE, "Credit limit reached"),
        (Subject.BALANCE, "Low account balance"),
        (Subject.BALANCE, "用户额度不足, 剩余额度: $0.00"),
        (Subject.BALANCE, "您的账户已欠费，服务已停用"),
        (Subject.BALANCE, "帳戶餘額不足"),
        (Subject.BALANCE, "Insufficient credits to generate this image"),
        (Subject.BALANCE, "Image generation failed: not enough credits"),
        (Subject.BALANCE, "Your balance is too low for 4 images, please recharge"),
        (Subject.BALANCE, "Failed to create the picture: insufficient balance"),
        (Subject.BALANCE, "图片生成失败，余额不足，请充值"),
        (Subject.BALANCE, "余额不足，无法生成图片"),
        (Subject.BALANCE, '"Insufficient balance"'),
        (Subject.BALANCE, 'status 403: {"error": {"message": "insufficient balance"}}'),
        (Subject.BALANCE, "Recharge your account to go on"),
        (Subject.BALANCE, "The team's balance isn't positive: low balance"),
        (Subject.KEY, "API key revoked due to safety review"),
        (Subject.KEY, "Incorrect API key provided: abc"),
        (Subject.KEY, "Your account has been suspended for violating our content policy"),
        (Subject.KEY, "The API key that you sent is no longer valid"),
        (Subject.KEY, "Token expired"),
        (Subject.KEY, "该令牌已被禁用"),
        (Subject.KEY, "账号已被封禁"),
        (Subject.KEY, "This token has no access to model qwen-image-2.0"),
        (Subject.KEY, "The API key cannot use the image model"),
        (Subject.KEY, "该令牌无权访问模型 qwen-image-2.0"),
        (None, "Insufficient permissions for this model"),
        (Subject.ORDER, "Insufficient detail: prompt must have 4 characters"),
        (None, "Recharge your skin: the prompt was shown"),
        (None, "Recharge your skin with this serum"),
        (None, "how to recharge batteries"),
        (None, "Not possible: 'top up your balance'"),
        (None, 'Not possible: "your API key is invalid"'),
        (None, "图片“充值卡”无法处理"),
        (None, "ship to a billing address"),
        (None, "游戏充值卡"),
        (None, "The prompt reads: your account has been suspended"),
        (Subject.ORDER, "invalid input: prompt: too long"),
        (Subject.ORDER, "size: bad"),
        (Subject.ORDER, "no such model"),
        (Subject.ORDER, "Model qwen-image-2.0 not found"),
        (Subject.ORDER, "unrecognized input field: foo"),
        (Subject.ORDER, "seed: value is not a valid integer"),
        (Subject.ORDER, "String should have at most 800 characters"),
        (Subject.ORDER, "prompt exceeds the maximum length"),
        (Subject.ORDER, "Unsupported aspect ratio"),
        (Subject.ORDER, "seed must be between 0 and 9"),
        (Subject.ORDER, "image_input: field required"),
        (Subject.ORDER, "The resolution '8K' is not supported"),
        (Subject.ORDER, "参数错误：尺寸不支持"),
        (Subject.ORDER, "提示词过长"),
        (Subject.SERVICE, "Under maintenance"),
        (Subject.SERVICE, "model: under maintenance"),
        (Subject.SERVICE, "系统升级中"),
        (None, "The request took too long"),
        (None, "You must be logged in"),
        (Subject.ACCESS, "Access denied: your IP is not in the whitelist"),
        (Subject.ACCESS, "Your IP address was blocked for a violation"),
        (Subject.ACCESS, "Rejected by our company network's policy"),
        (Subject.ACCESS, "客户端地址不在白名单"),
        (Subject.CONTENT, "The prompt shows a firewall logo, which is a trademark"),
        (Subject.CONTENT, "It violates our policy"),
        (None, "Insufficient detail: credit the artist"),
        (None, "The prompt has too many tokens"),
        (None, "Access to this image is forbidden"),
        (None, "Forbidden"),
        (None, "该图片无权访问"),
        (None, "user is not allowed"),
        (None, "Keep your balance: describe the pose"),
        (Subject.PACE, "Rate limit reached"),
        (Subject.PACE, "请求过于频繁"),
        (Subject.SERVICE, "系统繁忙，请稍后再试"),
    ],
)
def test_words(subject: Subject | None, words: str) -> None:
    assert of_words(words) is subject


def test_a_code_decides_before_words_do() -> None:
    assert subject_of("account_suspended", "inappropriate content") is Subject.KEY
    assert subject_of("content_policy", "Insufficient balance") is Subject.CONTENT
    assert subject_of("INVALID_REQUEST", "余额不足") is Subject.BALANCE


@pytest.mark.parametrize(
    ("subject", "code", "words"),
    [
        (Subject.ORDER, "INVALID_REQUEST", "no"),
        (Subject.ORDER, "invalid_parameter", ""),
        (Subject.ORDER, "InvalidArgument", ""),
        (Subject.ORDER, "missing_required_field", ""),
        (Subject.ORDER, "validation_error", "Said."),
        (Subject.SERVICE, "INVALID_REQUEST", "系统维护"),
        (None, "FORBIDDEN", "Forbidden"),
        (None, "TASK_FAILED", "no"),
        (None, "", "Bad request"),
    ],
)
def test_a_general_code_decides_after_the_words(
    subject: Subject | None, code: str, words: str
) -> None:
    assert subject_of(code, words) is subject
