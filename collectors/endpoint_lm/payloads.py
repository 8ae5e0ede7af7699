"""Builds the request bodies that an endpoint understands.

Before: lm-eval's context and generation options. After: a JSON object with everything that the endpoint's
registry entry wants in it, and nothing that it refuses; every body states its token limit.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

from collectors.endpoint_entries import Endpoint
from collectors.errors import CollectError

SEED = 1234
MOST_STOPS = 4
"""What the completions API accepts; all stops are applied to the answer once more, so that none is ever lost."""
DEFAULT_LIMIT_NAMES = ("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")

_SAMPLING = ("top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty", "repetition_penalty")
_MEANINGLESS = {"num_beams": 1}
_OWN = frozenset({"do_sample", "temperature", "until", *DEFAULT_LIMIT_NAMES})
_NOT_EXTRA = ("stream", "stream_options", "n", "messages", "prompt")


class ChatPrompt(str):
    """A conversation as JSON text, so that lm-eval can pass it on as it passes any prompt."""


def encode_chat(messages: list[dict[str, str]]) -> ChatPrompt:
    """Return a conversation in the form that `build_generation` takes apart again."""
    return ChatPrompt(json.dumps(messages, ensure_ascii=False))


class Generation(NamedTuple):
    """A request for text: the body, and the stop strings to apply to the answer."""

    body: dict[str, object]
    stops: tuple[str, ...]


def check_request_options(endpoint: Endpoint) -> None:
    """Refuse registered request fields that would break the reading of replies, or hide the token limit."""
    options = endpoint.request
    for name in (*_NOT_EXTRA, options.max_tokens_field):
        if name in options.extra:
            raise CollectError(
                f"endpoint {endpoint.id}: request.extra sets {name!r}; got {options.extra[name]!r}. "
                "Remove it: prompt and token limit come from the task, and one whole answer is read from each reply."
            )
    if options.max_tokens_field in options.omit:
        raise CollectError(
            f"endpoint {endpoint.id}: request.omit leaves out the token limit; got {options.max_tokens_field!r}. "
            "Name the field that the provider wants in request.max_tokens_field."
        )


def build_generation(
    endpoint: Endpoint, context: str, options: Mapping[str, object], max_tokens: int, repeat: int
) -> Generation:
    """Return the request for one generated answer to `context`, a plain prompt or a `ChatPrompt`.

    Chat APIs get no stop strings: these may occur in the thinking, and reasoning endpoints refuse the field.
    """
    _check_options(endpoint, options)
    stops = _read_stops(options.get("until"))
    body = _address(endpoint, context)
    body[endpoint.request.max_tokens_field] = max_tokens
    body["temperature"] = _read_temperature(options)
    body.update({name: options[name] for name in _SAMPLING if name in options})
    if endpoint.api != "anthropic-messages":
        body["seed"] = SEED + repeat
    if endpoint.api == "openai-completions" and stops:
        body["stop"] = list(stops[:MOST_STOPS])
    return Generation(_finish(endpoint, body), stops)


def build_loglikelihood(endpoint: Endpoint, text: str) -> dict[str, object]:
    """Return the request that has `text` echoed with the log-likelihood of each of its tokens.

    One token is generated, and left out of the sum, since not every server accepts a limit of none.
    """
    body = {"model": endpoint.served_model, "prompt": text, "echo": True, "logprobs": 1, "temperature": 0}
    return _finish(endpoint, {**body, endpoint.request.max_tokens_field: 1, "seed": SEED})


def read_token_limit(options: Mapping[str, object]) -> int | None:
    """Return the token limit that a task's own generation options state, or None."""
    value = next((options[name] for name in DEFAULT_LIMIT_NAMES if options.get(name) is not None), None)
    return int(value) if isinstance(value, int | float | str) else None


def _address(endpoint: Endpoint, context: str) -> dict[str, object]:
    body: dict[str, object] = {"model": endpoint.served_model}
    if endpoint.api == "openai-completions":
        if isinstance(context, ChatPrompt):
            raise CollectError(
                f"endpoint {endpoint.id}: a completions API knows no chat template; got a conversation. "
                "Run its tasks without a chat template, or register the endpoint with api: openai-chat."
            )
        return {**body, "prompt": context}
    messages = json.loads(context) if isinstance(context, ChatPrompt) else [{"role": "user", "content": context}]
    if endpoint.api == "openai-chat":
        return {**body, "messages": messages}
    system = "\n\n".join(message["content"] for message in messages if message["role"] == "system")
    body["messages"] = [message for message in messages if message["role"] != "system"]
    return {**body, "system": system} if system else body


def _finish(endpoint: Endpoint, body: dict[str, object]) -> dict[str, object]:
    kept = {name: value for name, value in body.items() if name not in endpoint.request.omit}
    return {**kept, **endpoint.request.extra}


def _read_stops(until: object) -> tuple[str, ...]:
    stops = [until] if isinstance(until, str) else list(until or ())
    return tuple(dict.fromkeys(stop for stop in stops if isinstance(stop, str) and stop))


def _read_temperature(options: Mapping[str, object]) -> float:
    if options.get("do_sample") is False:
        return 0.0
    # As Hugging Face's generation does: sampling without a temperature means a temperature of 1.
    default = 1.0 if options.get("do_sample") else 0.0
    return float(options.get("temperature", default))


def _check_options(endpoint: Endpoint, options: Mapping[str, object]) -> None:
    for name, value in options.items():
        if name in _OWN or name in _SAMPLING or _MEANINGLESS.get(name) == value:
            continue
        raise CollectError(
            f"endpoint {endpoint.id}: a task wants a generation option that no API has; got {name}: {value!r}. "
            "Remove it from the task's generation_kwargs."
        )
