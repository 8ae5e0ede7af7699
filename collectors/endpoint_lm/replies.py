"""Judges a reply: which outcome did this call come to, and is it worth another try?

Before: status, headers and body of one HTTP exchange. After: a `Reply` with its outcome, the answer apart from the
thinking, and the facts that the provider gave. Total: any bytes lead to a `Reply`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from collectors.endpoint_entries import Thinking
from collectors.endpoint_lm.messages import NO_USAGE, Message, Usage, as_dict, clean, read_message, read_usage
from collectors.endpoint_lm.provider_errors import Complaint, find_complaint, has_error
from collectors.endpoint_lm.refusals import is_refusal_text
from collectors.endpoint_lm.thinking import separate_thinking
from collectors.records import Outcome

TRANSIENT_STATUSES = frozenset({408, 409, 425, 429, *range(500, 600)}) - {501, 505}
BLOCKING_STATUSES = frozenset({401, 402, 403, 404})
"""The key, the account, or the address is wrong: every further request would fare the same."""

_LENGTH = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"})
_WITHHELD = (
    "content_filter",
    "sensitive",
    "refusal",
    "safety",
    "prohibited_content",
    "blocklist",
    "spii",
    "recitation",
)
_BROKEN = frozenset({"network_error", "insufficient_system_resource", "error", "abort"})
DETAIL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP reply as it arrived; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """One attempt as judged. `is_transient`: worth another try. `blocks_endpoint`: no request would fare better."""

    outcome: Outcome
    detail: str | None = None
    answer: str | None = None
    thinking: str | None = None
    finish_reason: str | None = None
    http_status: int | None = None
    returned_model: str | None = None
    fingerprint: str | None = None
    request_id: str | None = None
    usage: Usage = NO_USAGE
    is_transient: bool = False
    blocks_endpoint: bool = False


Reader = Callable[[Exchange], Reply]


def read_generation(exchange: Exchange, api: str, rule: Thinking | None, stops: Sequence[str]) -> Reply:
    """Return the judgement on a reply that should hold generated text; `stops` are applied to the answer here."""
    return read_reply(exchange, lambda body: _judge_message(read_message(api, body, rule), rule, stops))


def read_reply(exchange: Exchange, judge: Callable[[dict], Reply]) -> Reply:
    """Return the judgement on a reply: errors of every kind are seen to here, a proper body is left to `judge`."""
    body, fault = _decode(exchange)
    if not 200 <= exchange.status < 300:
        reply = _judge_failure(exchange, body)
    elif fault:
        reply = fault
    elif has_error(as_dict(body)) or has_error(_first_choice(as_dict(body))):
        reply = _judge_error_body(as_dict(body))
    else:
        reply = judge(as_dict(body))
        if reply.outcome is Outcome.MALFORMED and not reply.detail:
            reply = _judge_error_body(as_dict(body))
    detail = clean(reply.detail, DETAIL_LENGTH)
    return replace(reply, detail=detail, http_status=exchange.status, **_facts(exchange, as_dict(body)))


def _decode(exchange: Exchange) -> tuple[object, Reply | None]:
    try:
        body = json.loads(exchange.body)
    except (ValueError, RecursionError):
        return None, _judge_garbage(exchange.body)
    if isinstance(body, dict):
        return body, None
    return body, _malformed(f"the reply is a JSON {type(body).__name__}, not an object")


def _judge_garbage(body: bytes) -> Reply:
    start = body[:80].decode("utf-8", "replace").strip()
    if not start:
        return Reply(Outcome.EMPTY, "the reply has no body", is_transient=True)
    kind = "HTML" if start.lower().startswith(("<!doctype", "<html", "<head", "<body")) else "not valid JSON"
    return _malformed(f"the reply is {kind}: {start}")


def _judge_failure(exchange: Exchange, body: object) -> Reply:
    complaint = find_complaint(body)
    words = complaint.text if complaint and complaint.text else exchange.body[:200].decode("utf-8", "replace").strip()
    if 300 <= exchange.status < 400:
        return Reply(Outcome.HTTP_ERROR, f"HTTP {exchange.status}: a redirect, which is not followed")
    return _judge_complaint(complaint, exchange.status, f"HTTP {exchange.status}: {words or 'no reason given'}")


def _judge_error_body(body: dict) -> Reply:
    complaint = find_complaint(as_dict(body).get("choices")) or find_complaint(body)
    if complaint is None:
        return _malformed("the reply holds no message")
    words = complaint.text or "code " + ", ".join(sorted(complaint.codes))
    reply = _judge_complaint(complaint, complaint.status or 200, f"HTTP 200 with an error body: {words}")
    if complaint.status or reply.outcome is Outcome.REFUSED or reply.blocks_endpoint:
        return reply
    return replace(reply, is_transient=True)


def _judge_complaint(complaint: Complaint | None, status: int, words: str) -> Reply:
    if complaint and complaint.inspector and status not in (401, 402, 429):
        return Reply(Outcome.REFUSED, f"content inspection of {complaint.inspector}: {complaint.text or words}")
    if status == 451:
        return Reply(Outcome.REFUSED, f"content inspection: {words}")
    blocks = status in BLOCKING_STATUSES or (complaint is not None and complaint.is_dead_account)
    return Reply(
        Outcome.HTTP_ERROR, words, is_transient=status in TRANSIENT_STATUSES and not blocks, blocks_endpoint=blocks
    )


def _judge_message(message: Message | None, rule: Thinking | None, stops: Sequence[str]) -> Reply:
    if message is None:
        return Reply(Outcome.MALFORMED, is_transient=True)
    reason = (message.finish_reason or "").lower()
    parts = separate_thinking(message.text or "", message.thinking, rule)
    answer, is_cut = cut_at_stop(parts.answer, stops)
    reply = Reply(Outcome.OK, None, answer, parts.thinking, message.finish_reason)
    if message.refusal:
        return replace(reply, outcome=Outcome.REFUSED, detail=f"the model refused: {message.refusal}")
    if message.withheld or reason.startswith(_WITHHELD):
        return replace(reply, outcome=Outcome.REFUSED, detail=f"content withheld: finish_reason {reason or 'flagged'}")
    if reason in _BROKEN:
        detail = f"the endpoint broke off: finish_reason {reason}"
        return replace(reply, outcome=Outcome.HTTP_ERROR, detail=detail, is_transient=True)
    if not parts.is_closed:
        return replace(reply, outcome=Outcome.TRUNCATED, detail="cut off in the middle of thinking")
    if reason in _LENGTH and not is_cut:
        return replace(reply, outcome=Outcome.TRUNCATED, detail=_name_truncation(reply))
    if not answer.strip() and not is_cut and not message.stopped_on:
        return replace(reply, **_name_emptiness(message, parts.thinking), is_transient=True)
    if is_refusal_text(answer):
        return replace(reply, outcome=Outcome.REFUSED, detail=f"refusal in words: {answer.strip()}")
    return reply


def cut_at_stop(text: str, stops: Sequence[str]) -> tuple[str, bool]:
    """Return `text` up to the first of `stops` in it, and whether one was there."""
    found = [at for at in (text.find(stop) for stop in stops if stop) if at >= 0]
    return (text[: min(found)], True) if found else (text, False)


def _name_truncation(reply: Reply) -> str:
    if (reply.answer or "").strip():
        return "the answer reached the token limit"
    return "thinking used up the token limit" if reply.thinking else "the token limit was used up before any answer"


def _name_emptiness(message: Message, thinking: str | None) -> dict[str, object]:
    if not message.has_content and not thinking and not message.calls_tool:
        return {"outcome": Outcome.MALFORMED, "detail": "the message has no content"}
    if message.calls_tool:
        return {"outcome": Outcome.EMPTY, "detail": "the message calls a tool and says nothing"}
    if thinking:
        return {"outcome": Outcome.EMPTY, "detail": "the model thought and then said nothing"}
    return {
        "outcome": Outcome.EMPTY,
        "detail": "the content is null" if message.text is None else "the content is empty",
    }


def _facts(exchange: Exchange, body: dict) -> dict[str, object]:
    identifier = exchange.headers.get("x-request-id") or exchange.headers.get("request-id") or body.get("id")
    return {
        "returned_model": clean(body.get("model"), 200),
        "fingerprint": clean(body.get("system_fingerprint"), 200),
        "request_id": clean(identifier, 200),
        "usage": read_usage(body),
    }


def _first_choice(body: dict) -> dict:
    choices = body.get("choices")
    return as_dict(choices[0]) if isinstance(choices, list) and choices else {}


def _malformed(detail: str) -> Reply:
    return Reply(Outcome.MALFORMED, detail, is_transient=True)
