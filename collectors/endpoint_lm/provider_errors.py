"""Finds what a provider complains of, in the many shapes that complaints come in.

Before: a decoded reply body. After: a `Complaint` (its codes, its words), which can be told to be content inspection
(the provider refused the text, not the request) or a dead account (further requests are pointless).
"""

from dataclasses import dataclass
from typing import NamedTuple


class Inspection(NamedTuple):
    """How one provider says that it withheld content. `codes` match whole, `code_parts` and `phrases` within."""

    provider: str
    codes: tuple[str, ...] = ()
    code_parts: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


# All in lower case. The table applies to every endpoint, because gateways pass the words of others on.
INSPECTIONS = (
    Inspection("Alibaba DashScope", ("data_inspection_failed", "datainspectionfailed"),
               phrases=("data may contain inappropriate content",)),
    Inspection("Zhipu", ("1301",), phrases=("unsafe or sensitive content", "不安全或敏感内容")),
    Inspection("DeepSeek", phrases=("content exists risk",)),
    Inspection("Moonshot", phrases=("considered high risk",)),
    Inspection("MiniMax", ("1026", "1027"), phrases=("new_sensitive",)),
    Inspection("Volcengine Ark", code_parts=("sensitivecontentdetected", "textriskdetection")),
    Inspection("iFlytek Spark", ("10013", "10014", "10019")),
    Inspection("StepFun", ("censorship_blocked",)),
    Inspection("OpenAI", ("content_policy_violation", "content_filter"),
               phrases=("result of our safety system", "violating our usage policy")),
    Inspection("Azure", ("responsibleaipolicyviolation",), phrases=("content management policy",)),
    Inspection("Anthropic", phrases=("blocked by content filtering policy",)),
    Inspection("Google", ("prohibited_content", "safety", "blocklist"), phrases=("prohibited_content",)),
    Inspection("xAI", phrases=("content violates usage guidelines", "safety_check_type_")),
    Inspection("OpenRouter", phrases=("requires moderation", "input was flagged")),
    Inspection("Xiaomi", phrases=("content moderation", "content filter")),
    Inspection("a gateway", ("sensitive_words_detected", "prompt_blocked", "sensitive_check_error"),
               phrases=("sensitive chat messages",)),
    Inspection("the provider", phrases=("内容安全", "敏感内容", "敏感信息", "敏感词", "违规内容", "审核不通过")),
)  # fmt: skip

ACCOUNT_CODES = frozenset(
    {
        "insufficient_quota",
        "exceeded_current_quota_error",
        "insufficient_balance",
        "insufficient_funds",
        "insufficient_user_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "account_deactivated",
        "arrearage",
        "accountoverdueerror",
        "invalid_api_key",
        "invalidapikey",
        "1112",
        "1113",
        "1004",
        "1008",
        "2049",
    }
)
"""Codes of a dead key or an empty account; some come with HTTP 200, 400 or 429 (the numbers: Zhipu, MiniMax)."""
ACCOUNT_PHRASES = ("credit balance is too low", "insufficient balance", "account is in arrears", "余额不足", "欠费")

_WRAPPERS = ("error", "Error", "Response", "innererror", "base_resp", "promptFeedback", "prompt_feedback", "detail")
_CODE_KEYS = ("code", "Code", "type", "status", "error_code", "status_code", "blockReason", "block_reason")
_TEXT_KEYS = ("message", "Message", "msg", "error_msg", "status_msg", "detail", "error", "blockReason", "block_reason")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the provider says went wrong: `codes` in lower case, `text` as it was put."""

    codes: frozenset[str]
    text: str

    @property
    def inspector(self) -> str | None:
        """The provider whose content inspection this is, or None where it is something else."""
        text = self.text.lower()
        for row in INSPECTIONS:
            if self.codes.intersection(row.codes) or any(
                part in code for part in row.code_parts for code in self.codes
            ):
                return row.provider
            if any(phrase in text for phrase in row.phrases):
                return row.provider
        return None

    @property
    def is_dead_account(self) -> bool:
        """True where the key or the account behind it can pay for nothing more."""
        text = self.text.lower()
        return bool(self.codes & ACCOUNT_CODES) or any(phrase in text for phrase in ACCOUNT_PHRASES)

    @property
    def status(self) -> int | None:
        """The HTTP status that a gateway reports inside a reply of status 200, if it does."""
        numbers = (int(code) for code in self.codes if len(code) == 3 and code.isascii() and code.isdigit())
        return next((number for number in numbers if 400 <= number < 600), None)


def find_complaint(body: object) -> Complaint | None:
    """Return what `body` (any JSON value) complains of, or None where it complains of nothing."""
    codes: set[str] = set()
    texts: list[str] = []
    for part in _walk(body):
        codes.update(str(part[key]).lower() for key in _CODE_KEYS if _is_code(part.get(key)))
        texts.extend(part[key] for key in _TEXT_KEYS if isinstance(part.get(key), str) and part[key])
    codes -= {"0", "200", "error", "message", "success", "ok"}
    if not codes and not texts:
        return None
    return Complaint(frozenset(codes), "; ".join(dict.fromkeys(texts)))


def has_error(body: dict) -> bool:
    """Return True where a reply of HTTP status 200 states an error instead of, or beside, its message."""
    status = body.get("base_resp")
    if isinstance(status, dict) and status.get("status_code") not in (None, 0):
        return True
    return any(body.get(key) for key in ("error", "error_code", "error_msg", "promptFeedback", "prompt_feedback"))


def _walk(body: object, depth: int = 3) -> list[dict]:
    if isinstance(body, list):
        return [part for item in body[:3] for part in _walk(item, depth)]
    if not isinstance(body, dict) or depth == 0:
        return []
    return [body] + [part for key in _WRAPPERS for part in _walk(body.get(key), depth - 1)]


def _is_code(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(str(value))
