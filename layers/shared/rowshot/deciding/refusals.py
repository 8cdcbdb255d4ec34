"""What a refusal is about, by its code or else by its words.

hiapi lists neither. The tables hold what it was seen to send, and what gateways of its kind send
(one-api, new-api) and the image APIs behind them: OpenAI, DashScope, Ark, Gemini, fal, Stability.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum


class Subject(StrEnum):
    """What a refusal is about."""

    KEY = "the key or its account"
    BALANCE = "the balance, which is used up"
    BILLING = "the balance or its payment, somehow"
    QUOTA = "a quota: the balance, or the pace"
    PACE = "the pace"
    CONTENT = "what the picture would show"
    SERVICE = "something at hiapi that does not work"
    ORDER = "a field of the order, or its model"
    IDEMPOTENCY = "the idempotency key"
    ACCESS = "from where hiapi is asked"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_MOST = 8000  # characters of a refusal that are looked at for quotations
_ENOUGH = 2000  # and for a subject
_DEAD = "revoked|suspended|disabled|deactivated|banned|locked|frozen|closed|inactive|expired"
_PURSE = "(?:quota|funds?|(?<!load_)(?<!white_)balance|credits?)"

# Codes as `_spelt` writes them. The first entry that matches decides; a code of none is a general
# one, such as INVALID_REQUEST, TASK_FAILED or "forbidden", and leaves it to the words.
_CODES: tuple[tuple[Subject, re.Pattern[str]], ...] = (
    (
        Subject.PACE,
        _any("rate_?limit", "too_many", "throttl", "concurren", "slow_down", "too_fast"),
    ),
    (
        Subject.SERVICE,
        _any(
            "unavailable|time_?out|timed_out|overload|busy|maintenance",
            "storage|network",
            "internal_(?:server_)?error|server_error|bad_response|do_request_failed",
            "^channel",  # a gateway's own way to the provider, and the gateway's own key there
            r"moderation_(?:\w+_)?(?:error|down)",
        ),
    ),
    (Subject.IDEMPOTENCY, _any("idempotency")),
    (Subject.ORDER, _any("schema|constraint|not_found")),
    (
        Subject.BALANCE,
        _any(
            rf"(?:insufficient|not_enough)_(?:\w+_)?{_PURSE}",
            rf"{_PURSE}_(?:\w+_)?(?:insufficient|not_enough|exhausted|used_up)|arrear|overdue",
        ),
    ),
    (
        Subject.SERVICE,
        _any(r"(?:billing|payment|balance|credits?)_(?:\w+_)?(?:error|fail\w*|down)$"),
    ),
    (
        Subject.BILLING,
        _any(
            r"(?:out_of|no|low)_(?:\w+_)?(?:quota|funds?)|token_quota",
            "(?<!load_)(?<!white_)balance|credits?(?![a-z])|billing|payment",
        ),
    ),
    (Subject.QUOTA, _any("quota")),
    (
        Subject.KEY,
        _any(
            "(?:api|access|secret)_?key|permission|authenticat|unauthori[sz]ed|(?:^|_)auth(?:_|$)",
            r"(?:invalid|expired|revoked|missing|incorrect|wrong|bad|disabled)_(?:\w+_)?"
            r"(?:key|token|credentials?)$",
            rf"(?:key|token|credentials?)_(?:is_)?(?:invalid|incorrect|missing|{_DEAD})",
            rf"(?:account|organi[sz]ation|workspace)_(?:\w+_)?(?:blocked|restricted|{_DEAD})",
            rf"user_(?:is_)?(?:{_DEAD})|(?:{_DEAD})_(?:account|user|organi[sz]ation)",
        ),
    ),
    (
        Subject.CONTENT,
        _any(
            "moderat|polic(?:y|ies)|safety|sensitiv|nsfw|violat|content_?filter|data_?inspection",
            "inappropriate|unsafe|prohibited|block_?list|nudity|sexual|porn|recitation|risk_control",
            "copyright|trademark|infring|likeness|celebrit",
            r"(?:forbidden|illegal|blocked|banned|restricted|disallowed|flagged|rejected)_"
            r"(?:content|words?|prompt|image)",
            r"(?:content|words?|prompt|image)_(?:is_|was_)?"
            r"(?:forbidden|illegal|blocked|banned|restricted|not_allowed|flagged|rejected|denied)",
        ),
    ),
)

# Codes that mean the order at hiapi and everything at others: what the words say counts first.
_GENERAL = _any(
    "invalid_(?:request|input|param|argument|value|field|body|type|size|model|prompt)",
    "validation|missing_(?:required_)?(?:field|param)|unprocessable|out_of_range",
)

_CREDENTIAL = (
    r"(?:api|access|secret)[ _-]?keys?\b|\b(?:this|your|the) key\b|\b(?:this|your) token\b"
    r"|\b(?:api|access|auth\w{0,12}|bearer) token\b|令牌|密[钥鑰]"
)
_OWNER = r"\baccount\b|\borgani[sz]ation\b|[账帐賬帳][号户號戶]"
_IS = r"(?: (?:is|was|are|has|been|being|currently|temporarily|permanently|already|now|no longer))*"
_MONEY = "quota|balance|credits?|funds?"
_CHECK = (
    r"(?:moderation|safety|content (?:check|filter|review|scan)(?:ing|er)?"
    r"|[审審](?:核|查)|安全检测)"
    r"(?:[ _-]?(?:service|system|server|api|model|check|filter|provider|服务|系统|接口))*"
)
_TECHNICAL = "schema|constraint|format|pattern|length|limit"

# Words such as prompt, content and image mean the row, a model's name does not.
_PROMPT = r"\bprompts?\b|提示[词詞]"
_OF_A_ROW = (
    r"(?<![\w/-])(?:prompts?|contents?|images?|pictures?)(?![\w/-])"
    r"(?! (?:model|generation|api|endpoint|service))|提示[词詞]|[内內]容|[图圖]"
)
# "Not enough credits to generate this image" is no word about a row either.
_FOR_A_PICTURE = (
    r"\b(?:(?:generat|creat|mak|render|process|edit|produc)(?:e|ing)?|run|for)"
    r"(?: (?:this|the|that|an?|your|any|more|new|\d+)){0,3}"
    r" (?:prompts?|contents?|images?|pictures?)\b"
    r"|(?:生成|[绘繪][制製]|制作|製作|[创創]建|[处處]理)[^,，.。;；:：]{0,4}?(?:[图圖][片像]?|[内內]容)"
    r"|[图圖][片像]?(?:生成|[创創]建|模型|接口)"
)
_OF_NO_ROW = rf"^(?=(?:{_FOR_A_PICTURE}|(?!{_OF_A_ROW}).)*+$).*"
_FIELD = (
    r"(?:negative[ _])?prompt|size|model|seed|aspect[ _]ratio|resolution|quality|background|format"
    r"|output[ _]format|width|height|num_inference_steps|prompt_extend|watermark"
    r"|image_(?:input|urls?)|input_urls|field|param(?:eter)?s?"
)
_TOO = r"(?<!took )(?<!taking )(?<!takes )\btoo (?:long|short|large|small|big|many characters)\b"

# A prompt that is repeated in quotation marks is nobody's word. JSON's own marks are none.
_MARKS = {"“": "”", "‘": "’", "「": "」", "『": "』", "«": "»", "`": "`"}
_QUOTED = _any(
    r"""(?<![A-Za-z0-9\\])(?<!":)(?<!": )"[^"]*(?:"|$)""",
    r"(?<![A-Za-z0-9À-ɏ])'(?:[^']|'(?=[A-Za-z0-9À-ɏ]))*(?:'|$)",
    *(f"{first}[^{last}]*(?:{last}|$)" for first, last in _MARKS.items()),
)
_OF_THE_ACCOUNT = (Subject.KEY, Subject.BALANCE, Subject.QUOTA, Subject.PACE)

# The first entry that matches decides. What is plainly about the key or the balance comes before
# content, because "suspended for a violation of our policy" is no refusal of a prompt.
_WORDS: tuple[tuple[Subject, re.Pattern[str]], ...] = (
    (
        Subject.KEY,
        _any(
            # A prompt that was named before may be what says so.
            rf"^(?:(?!{_PROMPT}).)*?(?:"
            rf"(?:{_CREDENTIAL}|{_OWNER}|\btoken)(?:[^.。;:]{{0,40}} (?:is|was|has been))?{_IS} "
            rf"(?:not (?:valid|active)|no longer (?:valid|active)|invalid|incorrect|{_DEAD})\b"
            rf"|(?:{_OWNER}){_IS} (?:blocked|restricted)\b"
            rf"|\b(?:{_DEAD}|invalid|incorrect|wrong|missing)"
            r" (?:api[ _-]?key|(?:api |access |bearer )?token|account)\b"
            rf"|(?:{_CREDENTIAL}|{_OWNER})[^余餘欠]{{0,12}}(?:停用|禁用|封禁|冻结|凍結|过期|過期|[无無]效)"
            rf"|(?:[无無]效的?|错误的?)(?:{_CREDENTIAL}))",
        ),
    ),
    (
        Subject.BALANCE,
        _any(
            rf"{_OF_NO_ROW}(?:"
            rf"\binsufficient[ _-](?:[a-z]+[ _-]){{0,2}}(?:{_MONEY})\b"
            rf"|\b(?:{_MONEY})\b[^.。;:]{{0,25}}\b"
            r"(?:insufficient|too low|is low|not enough|not sufficient|exhausted|used up|depleted"
            r"|run out|empty|negative|zero)\b"
            rf"|\b(?:enough|sufficient|no|out of|used all|low)(?: [a-z]+){{0,2}} (?:{_MONEY})\b"
            rf"|\b(?:{_MONEY}) limit (?:was |has been |is )?(?:reached|exceeded)\b"
            r"|\b(?:please|to|must|by) (?:top(?:ping)?[ -]up|recharg(?:e|ing))"
            r"(?= *(?:$|[.,;:!(，。]| (?:first|now|and|before|at|via|here|in|to)\b))"
            r"|\b(?:top(?:ping)?[ -]up|recharg(?:e|ing)) (?:[a-z]+ ){0,2}"
            rf"(?:{_MONEY}|account|wallet|plan)\b"
            r"|\barrears\b|\bpayment required\b"
            r"|\bbilling\b(?! address)|\bspending limit\b"
            r"|[余餘][额額]|[额額]度(?:不足|已|用)|配[额額]不足|欠[费費]|充值(?!卡|[券码碼点點]))",
        ),
    ),
    (
        Subject.SERVICE,
        _any(
            rf"{_CHECK} ?(?:is |was |has |currently |temporarily |暂时)*"
            r"(?:unavailable|not available|busy|error|overloaded|down\b|offline|unreachable"
            r"|not respond|fail(?:ed|s)? to respond|繁忙|不可用|异常|故障)",
            rf"(?:error|failed|unable|cannot|could not)[^.;:]{{0,12}}"
            rf"(?:from|in|reach|call|contact|connect to|query)(?:ing)? (?:the |our )?{_CHECK}",
            r"\btime[ds]?[ -]?out\b|超时|超時",
        ),
    ),
    (Subject.ORDER, _any(r"\bmust be one of\b")),
    (
        Subject.PACE,
        _any(r"rate.?limit|too many (?:requests|concurrent)|[请請]求.{0,4}[频頻]繁|限流"),
    ),
    (
        Subject.ACCESS,
        _any(
            rf"^(?!.*(?:{_OF_A_ROW})).*(?:"
            r"\b(?:your|our|this|the|client|source|remote|company) (?:[a-z]+ )?(?:ip|network)\b"
            r"|\bip (?:address|range|is|not)\b|\b(?:white|allow)[ -]?list|\b(?:fire ?wall|waf)\b"
            r"|\b(?:security|access control|network) polic|白名[单單]|防火[墙牆])",
        ),
    ),
    (
        Subject.CONTENT,
        _any(
            r"(?<!storage )(?<!bucket )(?<!access )(?<!retry )(?<!cache )\bpolic(?:y|ies)",
            r"\bmoderation|\bmoderated|\bsafety|\bnsfw|(?<!case[ -])(?<!time[ -])\bsensitiv",
            rf"(?<!schema )(?<!constraint )\bviolat\w{{0,6}}(?![^.;]{{0,30}}\b(?:{_TECHNICAL})\b)",
            r"\bflagged\b|\binappropriate|\bunsafe\b(?! (?:url|link|address))",
            r"\bcontent[ -](?:filter|checker)",
            r"\bnudity|\bsexual|\bporn|\bgore\b|\bhate speech|\bcopyright|\btrademark|\binfring",
            r"\b(?:community|content|usage) (?:guidelines|standards)|\brisk control",
            r"\b(?:forbidden|prohibited|banned|blocked|illegal|disallowed|restricted)"
            r" (?:content|words?|terms?|keywords?|phrases?|prompt|material)\b",
            r"\b(?:content(?![ -](?:type|length))|words?|terms?|keywords?|phrases?|material)\b"
            r"[^.;:]{0,20}\b(?:forbidden|prohibited|banned|blocked|illegal|disallowed"
            r"|not (?:allowed|permitted))",
            r"\bprompt\b[^.;:]{0,25}\b(?:rejected|banned|blocked|prohibited|forbidden|illegal"
            r"|refused|declined)",
            "[审審]核|[审審]查|[违違](?:[规規]|法|禁|反)|(?<!大小写)敏感|不合[规規]|安全检测|色情|涉黄|涉政",
            "[内內]容.{0,6}(?:不[当當]|[风風][险險])|不[当當](?:[内內]容|言|信息)|不良信息|禁[止用][词詞]|禁[词詞]|屏蔽[词詞]|[风風]控|侵[权權]|暴力|血腥",
        ),
    ),
    (
        Subject.QUOTA,
        _any(r"\bquota\b[^.;:]{0,25}exceed|exceed\w{0,6}[^.;:]{0,25}\bquota\b|配[额額]"),
    ),
    (
        Subject.KEY,
        _any(
            rf"^(?!.*(?:{_OF_A_ROW})).*(?:{_CREDENTIAL}"
            rf"|(?:{_OWNER})[^.;:]{{0,20}}\b(?:not|no|cannot|without|lacks)\b"
            rf"|(?:{_OWNER}).{{0,8}}[无無没沒]"
            r"|\bauthenticat|\bcredentials\b)"
        ),
    ),
    (
        Subject.SERVICE,
        _any(
            r"\btry again\b|\binternal (?:server )?error|\btemporar",
            r"\bmaintenance\b|\bupgrading\b|\boverload",
            "稍后|稍後|繁忙|[内內]部[错錯][误誤]|[维維][护護]|升[级級]",
        ),
    ),
    (
        Subject.ORDER,
        _any(
            r"\binvalid (?:input|argument|value)\b",
            r"\b(?:invalid|no such|unknown|unsupported|unrecogni[sz]ed|missing|unexpected|extra)"
            rf" (?:input |image )?(?:{_FIELD})\b",
            rf"\b(?:{_FIELD})\b(?:[^.;:]|\.(?=\d)){{0,40}}\b(?:required|missing|unknown|unsupported"
            r"|invalid|not (?:supported|valid|exist|found)|exceeds)\b",
            r"\bis not a valid\b|\b(?:at (?:most|least)|more than|fewer than) \d+ characters\b",
            rf"(?:^|[:;] )(?:{_FIELD}): ",
            rf"\bmust (?:be (?:an?|at|between|in|less|greater|no)\b|have\b|contain\b|not\b)|{_TOO}",
            "[参參][数數].{0,12}(?:[错錯][误誤]|[无無]效|不合法|不支持|缺失|有[误誤]|超出)",
            "(?:缺少|[无無]效的?|不支持的?).{0,6}(?:[参參][数數]|字段|模型|尺寸)",
            "(?:提示[词詞]|尺寸|模型).{0,8}(?:不能[为為]空|[过過太][长長]|不支持|不存在|[无無]效)",
        ),
    ),
)


def of_code(code: str) -> Subject | None:
    """What a code says by itself; None for a general one, and for what is no code."""
    if not code or " " in code.strip():
        return None
    spelt = _spelt(code)
    return next((subject for subject, pattern in _CODES if pattern.search(spelt)), None)


def of_words(words: str) -> Subject | None:
    """What words say where no code decides; what they quote says nothing about the account."""
    line = " ".join(words[:_MOST].split())
    unquoted = " ".join(_QUOTED.sub(" ", line).split())
    if not unquoted:
        return next(_subjects(line), None)
    quoted = (each for each in _subjects(line) if each not in _OF_THE_ACCOUNT)
    return next(_subjects(unquoted), None) or next(quoted, None)


def subject_of(code: str, words: str) -> Subject | None:
    """What a refusal is about: a code decides before words do, and a general one after them.

    Args:
        code: hiapi's code, may be empty.
        words: hiapi's words, may be empty.
    """
    by_code, by_words = of_code(code), of_words(words)
    if by_code is Subject.CONTENT and by_words is Subject.SERVICE:
        return Subject.SERVICE  # a moderation service that timed out has refused nothing
    general = Subject.ORDER if _GENERAL.search(_spelt(code)) else None
    return by_code or by_words or general


def _subjects(line: str) -> Iterator[Subject]:
    return (subject for subject, pattern in _WORDS if pattern.search(line[:_ENOUGH]))


def _spelt(code: str) -> str:
    """``DataInspectionFailed`` and ``data-inspection.failed`` as ``data_inspection_failed``."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", code)
    return re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")
