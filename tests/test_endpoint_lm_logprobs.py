"""Log-likelihoods are read off echoed tokens, or the reason is given why they cannot be."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.endpoint_lm.logprobs import decode_loglikelihood, read_loglikelihood
from collectors.endpoint_lm.replies import Exchange
from collectors.records import Outcome


def judge(body, continuation, status=200):
    return read_loglikelihood(Exchange(status, {}, json.dumps(body).encode()), continuation)


def echo(tokens, logprobs, tops=None, generated=1, **usage):
    tops = tops or [None if value is None else {"x": value} for value in logprobs]
    found = {"tokens": tokens, "token_logprobs": logprobs, "top_logprobs": tops}
    usage = {"usage": {"prompt_tokens": len(tokens) - generated, "completion_tokens": generated}} if not usage else {}
    return {"choices": [{"text": "", "logprobs": found, "finish_reason": "length"}], **usage}


def test_sum_over_the_continuation_without_what_was_generated():
    body = echo(["The", " answer", " is", " 4", "2", "."], [None, -1, -2, -0.5, -0.25, -9])
    reply = judge(body, " 42")
    assert reply.outcome is Outcome.OK
    assert decode_loglikelihood(reply.answer) == (-0.75, True)


def test_a_start_token_shifts_nothing():
    body = echo(["<s>", "6", "×", "7", "=", "42", "\n"], [None, -1, -1, -1, -1, -0.5, -3])
    assert decode_loglikelihood(judge(body, "42").answer)[0] == -0.5
    assert decode_loglikelihood(judge(body, "6×7=42").answer)[0] == -4.5


def test_not_greedy_where_another_token_was_likelier():
    tops = [None, {"a": -1}, {" 41": -0.1, " 42": -2.0}, {"x": 0}]
    body = echo(["So", ":", " 42", "!"], [None, -1, -2.0, -1], tops)
    assert decode_loglikelihood(judge(body, " 42").answer) == (-2.0, False)


def test_nothing_generated_and_no_usage():
    body = echo(["a", "b"], [None, -1], generated=0)
    assert decode_loglikelihood(judge(body, "b").answer)[0] == -1
    body = echo(["a", "b", "c"], [None, -1, -5], none=True)
    assert decode_loglikelihood(judge(body, "b").answer)[0] == -1


@pytest.mark.parametrize(
    ("body", "continuation", "words"),
    [
        (echo(["答案", "：A", "."], [None, -1, -1]), "A", "no token border"),
        (echo(["x", "\ufffd", "\ufffd", "."], [None, -1, -1, -1]), "好", "no token border"),
        (echo(["b", "."], [None, -1]), "ab", "no token border"),
        (echo(["a", "4", "x", "2", "."], [None, -1, -1, -1, -1]), "42", "no token border"),
        (echo(["a", "42", "."], [None, float("nan"), -1]), "42", "no log-likelihood"),
        (echo(["42", "."], [None, -1]), "42", "no log-likelihood"),
        ({"choices": [{"text": "42", "logprobs": None}]}, "42", "holds no token log-likelihoods"),
        ({"choices": []}, "42", "holds no token log-likelihoods"),
        (
            {"choices": [{"logprobs": {"tokens": ["a"], "token_logprobs": [], "top_logprobs": []}}]},
            "a",
            "holds no token",
        ),
    ],
)
def test_what_cannot_be_told_is_malformed_and_not_asked_again(body, continuation, words):
    reply = judge(body, continuation)
    assert (reply.outcome, reply.is_transient, reply.answer) == (Outcome.MALFORMED, False, None)
    assert words in reply.detail


def test_errors_are_seen_to_as_for_any_reply():
    assert judge({"error": {"message": "no"}}, "a", 400).outcome is Outcome.HTTP_ERROR
    assert judge({"error": {"message": "busy"}}, "a").outcome is Outcome.HTTP_ERROR


@given(st.lists(st.text(min_size=1, max_size=4), min_size=2, max_size=8), st.data())
def test_the_border_is_found_wherever_it_lies(tokens, data):
    values = [-float(number) for number in range(len(tokens))]
    start = data.draw(st.integers(1, len(tokens) - 1))
    reply = judge(echo(tokens, [None, *values[1:]], generated=0), "".join(tokens[start:]))
    assert math.isclose(decode_loglikelihood(reply.answer)[0], sum(values[start:]))


VALUES = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3)
COLUMN = st.lists(VALUES | st.dictionaries(st.text(max_size=2), VALUES, max_size=2), max_size=3) | VALUES


@given(COLUMN, COLUMN, COLUMN, VALUES)
def test_any_columns_come_to_an_outcome(tokens, logprobs, tops, count):
    found = {"tokens": tokens, "token_logprobs": logprobs, "top_logprobs": tops}
    reply = judge({"choices": [{"logprobs": found}], "usage": {"completion_tokens": count}}, "ab")
    assert reply.outcome in (Outcome.OK, Outcome.MALFORMED)
