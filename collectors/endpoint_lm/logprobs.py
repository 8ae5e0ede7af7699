"""Reads the log-likelihood of a given text out of a completion that echoes its prompt.

Before: a completion asked for with `echo` and `logprobs`. After: (log-likelihood, is greedy) of the last characters of
the prompt, or the reason why it cannot be told.

The tokens are matched against the text itself, from the end of the prompt backwards: token counts would need the
endpoint's own tokenizer, and character offsets are shifted by the tokens that some servers put before the prompt.
"""

import json
import math
from collections.abc import Sequence

from collectors.endpoint_lm.messages import as_dict, clean, read_usage
from collectors.endpoint_lm.replies import Exchange, Reply, read_reply
from collectors.records import Outcome


def read_loglikelihood(exchange: Exchange, continuation: str) -> Reply:
    """Return the judgement on an echoed prompt that ends in `continuation`; the answer is JSON: [sum, is greedy]."""
    return read_reply(exchange, lambda body: _judge(body, continuation))


def decode_loglikelihood(answer: str) -> tuple[float, bool]:
    """Return the pair that `read_loglikelihood` put into an answer."""
    total, is_greedy = json.loads(answer)
    return float(total), bool(is_greedy)


def _judge(body: dict, continuation: str) -> Reply:
    choices = body.get("choices")
    choice = as_dict(choices[0]) if isinstance(choices, list) and choices else {}
    found = as_dict(choice.get("logprobs"))
    columns = [found.get(name) for name in ("tokens", "token_logprobs", "top_logprobs")]
    if not all(isinstance(column, list) for column in columns) or len({len(column) for column in columns}) != 1:
        return _untold("the reply holds no token log-likelihoods (has the server 'echo' and 'logprobs'?)")
    generated = read_usage(body).output_tokens
    end = len(columns[0]) - (1 if generated is None else generated)
    start = _find_start(columns[0], end, continuation)
    if start is None:
        return _untold("no token border lies between the context and the continuation")
    total, is_greedy = 0.0, True
    for value, top in zip(columns[1][start:end], columns[2][start:end], strict=True):
        if not _is_number(value):
            return _untold("the first token has no log-likelihood (the server puts no start token before the prompt)")
        total += value
        is_greedy = is_greedy and value >= max(filter(_is_number, as_dict(top).values()), default=value)
    reason = clean(choice.get("finish_reason"), 200)
    return Reply(Outcome.OK, None, json.dumps([total, is_greedy]), finish_reason=reason)


def _find_start(tokens: Sequence[object], end: int, text: str) -> int | None:
    """Return the index of the token where `text` begins, the tokens up to `end` spelling it out exactly; else None."""
    rest = text
    for index in range(end - 1, -1, -1):
        if not rest:
            return index + 1
        token = tokens[index]
        if not isinstance(token, str) or not token or not rest.endswith(token):
            return None
        rest = rest.removesuffix(token)
    return None if rest else 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _untold(reason: str) -> Reply:
    return Reply(Outcome.MALFORMED, reason)
