"""The chat-completion protocol as OpenAI documents it, without the network.

Before: a request's JSON body, and the reply that a baseline gives. After: the prompt and limits in the request, the
completion or the chunks of its stream, or a `BadRequestError` with OpenAI's status, code and parameter.
"""

import hashlib
import json
import re
import time
from collections.abc import Iterator
from typing import Any

from collectors.errors import ModelgapError

FINGERPRINT = "embedded"
_TOKEN = re.compile(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]")


class BadRequestError(ModelgapError):
    """A request that an OpenAI-compatible server refuses, with the status, code and parameter it names."""

    def __init__(self, message: str, *, status: int = 400, code: str | None = None, param: str | None = None):
        super().__init__(message)
        self.status, self.code, self.param = status, code, param


def read_prompt(body: dict[str, Any], model: str) -> str:
    """Return the text of the last user message. Raises BadRequestError as OpenAI does for what is malformed."""
    if body.get("model") != model:
        raise BadRequestError(
            f"The model `{body.get('model')}` does not exist; this server plays `{model}`.",
            status=404,
            code="model_not_found",
            param="model",
        )
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) for m in messages):
        raise BadRequestError("'messages' must be a list of at least one message.", param="messages")
    texts = [_read_text(message.get("content")) for message in messages if message.get("role") == "user"]
    if not texts:
        raise BadRequestError("'messages' holds no message of the role 'user'.", param="messages")
    return texts[-1]


def _read_text(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        return "\n".join(str(part.get("text", "")) for part in content)
    raise BadRequestError("A message's 'content' must be text.", param="messages")


def read_limits(body: dict[str, Any]) -> tuple[int | None, list[str]]:
    """Return the token limit, if any, and the stop sequences. Raises BadRequestError where either is malformed."""
    for name in ("max_completion_tokens", "max_tokens"):
        value = body.get(name)
        if value is not None and (type(value) is not int or value < 1):
            raise BadRequestError(f"'{name}' must be a positive integer; got {value!r}.", param=name)
    stop = body.get("stop") or []
    stop = [stop] if isinstance(stop, str) else stop
    if not isinstance(stop, list) or not all(isinstance(part, str) for part in stop):
        raise BadRequestError("'stop' must be a string or a list of strings.", param="stop")
    if body.get("n") not in (None, 1):
        raise BadRequestError(f"'n' must be 1; got {body['n']!r}.", param="n")
    return body.get("max_completion_tokens") or body.get("max_tokens"), [part for part in stop if part]


def cut(text: str, limit: int | None, stop: list[str]) -> tuple[str, str]:
    """Return a reply cut at its first stop sequence and at `limit` tokens, and the finish reason."""
    ends = [place for part in stop if (place := text.find(part)) >= 0]
    text = text[: min(ends)] if ends else text
    tokens = list(_TOKEN.finditer(text))
    if limit is None or len(tokens) <= limit:
        return text, "stop"
    return text[: tokens[limit - 1].end()], "length"


def count_tokens(text: str) -> int:
    """Return how many words, numbers and other signs `text` has: the unit in which the baselines count usage."""
    return len(_TOKEN.findall(text))


def complete(prompt: str, body: dict[str, Any], model: str, reply: tuple[str, str]) -> dict[str, Any]:
    """Return a chat completion with `reply` (text and finish reason); its id is a hash of the request."""
    text, finish = reply
    used = {"prompt_tokens": count_tokens(prompt), "completion_tokens": count_tokens(text)}
    message = {"role": "assistant", "content": text, "refusal": None}
    return {
        "id": "chatcmpl-" + hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:24],
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "system_fingerprint": FINGERPRINT,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": {**used, "total_tokens": sum(used.values())},
    }


def stream_chunks(completion: dict[str, Any], with_usage: bool) -> Iterator[dict[str, Any]]:
    """Yield a completion as the chunks of a stream: role, text line by line, finish reason, usage where asked for."""
    head = {key: completion[key] for key in ("id", "created", "model", "system_fingerprint")}
    head["object"] = "chat.completion.chunk"
    choice = completion["choices"][0]
    text = choice["message"]["content"]
    deltas = [{"role": "assistant", "content": ""}, *({"content": part} for part in text.splitlines(keepends=True)), {}]
    for number, delta in enumerate(deltas, 1):
        finish = choice["finish_reason"] if number == len(deltas) else None
        yield {**head, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}
    if with_usage:
        yield {**head, "choices": [], "usage": completion["usage"]}
