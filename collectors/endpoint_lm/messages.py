"""Takes a decoded reply apart, whatever API it came from.

Before: the JSON object of a reply. After: a `Message` (text, thinking field, refusal, why it ended) and a `Usage`.
Whatever has not the documented type counts as missing; nothing here raises.
"""

from dataclasses import dataclass

from collectors.endpoint_entries import Thinking

_THINKING_FIELDS = ("reasoning_content", "reasoning", "thinking")
_LARGEST_COUNT = 10**12


@dataclass(frozen=True, slots=True)
class Message:
    """What one reply says. `text` is None where the content is null, and `has_content` False where it is missing.

    `stopped_on` is True where the server names the stop string that it met. `withheld` is True where the provider
    marks the text as unfit to show.
    """

    text: str | None
    has_content: bool
    thinking: str | None = None
    refusal: str | None = None
    finish_reason: str | None = None
    stopped_on: bool = False
    withheld: bool = False
    calls_tool: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts as the provider reports them; None where it does not. Thinking is part of the output."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    thinking_tokens: int | None = None


NO_USAGE = Usage()


def clean(value: object, limit: int | None = None) -> str | None:
    """Return a string as it can be stored (no lone surrogates, at most `limit` characters); None for anything else."""
    if not isinstance(value, str):
        return None
    return value[:limit].encode("utf-8", "replace").decode("utf-8")


def read_message(api: str, body: dict, rule: Thinking | None) -> Message | None:
    """Return the first message of a reply of `api`, or None where the reply holds none."""
    if api == "anthropic-messages":
        return _read_blocks(body)
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        return None
    return _read_completion(choice) if api == "openai-completions" else _read_chat(choice, rule)


def read_usage(body: dict) -> Usage:
    """Return the token counts of a reply of any of the APIs."""
    usage = as_dict(body.get("usage"))
    details = as_dict(usage.get("completion_tokens_details")) or as_dict(usage.get("output_tokens_details"))
    # Anthropic counts what came from its cache beside the input, OpenAI within it.
    cached = [_count(usage.get(f"cache_{verb}_input_tokens")) or 0 for verb in ("creation", "read")]
    taken = _count(usage.get("input_tokens"))
    return Usage(
        input_tokens=_first(_count(usage.get("prompt_tokens")), None if taken is None else taken + sum(cached)),
        output_tokens=_first(_count(usage.get("completion_tokens")), _count(usage.get("output_tokens"))),
        thinking_tokens=_first(_count(details.get("reasoning_tokens")), _count(usage.get("reasoning_tokens"))),
    )


def as_dict(value: object) -> dict:
    """Return `value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def _read_chat(choice: dict, rule: Thinking | None) -> Message | None:
    message = choice.get("message")
    if not isinstance(message, dict):
        return None
    content = message.get("content")
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    text = _join(parts, "text") if isinstance(content, list) else clean(content)
    fields = (rule.field,) if rule and rule.field else _THINKING_FIELDS
    named = next((text for text in map(clean, map(message.get, fields)) if text), None)
    flag = choice.get("flag")
    return Message(
        text=text,
        has_content="content" in message,
        thinking=named or _think(parts),
        refusal=clean(message.get("refusal")),
        finish_reason=clean(choice.get("finish_reason"), 200),
        # Baidu Qianfan: a flag from 2 up stands for content that may not be shown or talked on about.
        withheld=isinstance(flag, int) and not isinstance(flag, bool) and flag >= 2,
        calls_tool=bool(message.get("tool_calls")),
    )


def _read_completion(choice: dict) -> Message:
    return Message(
        text=clean(choice.get("text")),
        has_content="text" in choice,
        thinking=next((text for text in map(clean, map(choice.get, _THINKING_FIELDS)) if text), None),
        finish_reason=clean(choice.get("finish_reason"), 200),
        # vLLM and SGLang name the stop string they met; null stands for the model's own end.
        stopped_on=isinstance(choice.get("stop_reason"), str),
    )


def _read_blocks(body: dict) -> Message | None:
    content = body.get("content")
    if not isinstance(content, list):
        return None
    parts = [part for part in content if isinstance(part, dict)]
    return Message(
        text=_join(parts, "text"),
        has_content=True,
        thinking=_think(parts),
        finish_reason=clean(body.get("stop_reason"), 200),
        stopped_on=body.get("stop_reason") == "stop_sequence",
        calls_tool=any(part.get("type") == "tool_use" for part in parts),
    )


def _join(parts: list[dict], kind: str) -> str:
    return "".join(clean(part.get(kind)) or "" for part in parts if part.get("type") == kind)


def _think(parts: list[dict]) -> str | None:
    """Return the text of thinking parts, which Mistral nests once more: {"type": "thinking", "thinking": [parts]}."""
    found = []
    for part in parts:
        inner = part.get("thinking")
        if isinstance(inner, list):
            found.append(_join([item for item in inner if isinstance(item, dict)], "text"))
        elif part.get("type") == "thinking":
            found.append(clean(inner) or "")
    return "\n".join(text for text in found if text) or None


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_COUNT
    return value if is_count else None


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)
