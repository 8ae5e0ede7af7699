"""Request bodies hold what an endpoint wants, leave out what it refuses, and always state the token limit."""

import math

import pytest

from collectors.endpoint_entries import Endpoint
from collectors.endpoint_lm.cost import cost_usd
from collectors.endpoint_lm.payloads import (
    ChatPrompt,
    build_generation,
    build_loglikelihood,
    check_request_options,
    encode_chat,
    read_token_limit,
)
from collectors.entries import Price
from collectors.errors import CollectError

TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "6 × 7?"},
    {"role": "assistant", "content": "42"},
    {"role": "user", "content": "7 × 8?"},
]
GREEDY = {"do_sample": False, "temperature": 0.7, "until": ["\n\n", "Q:"]}


def make_endpoint(api="openai-chat", **more):
    return Endpoint(id="e", model="d/m", api=api, base_url="https://e.com/v1", served_model="m-1", **more)


def test_chat():
    body, stops = build_generation(make_endpoint(), encode_chat(TALK), GREEDY, 512, 0)
    assert body == {"model": "m-1", "messages": TALK, "max_tokens": 512, "temperature": 0.0, "seed": 1234}
    assert stops == ("\n\n", "Q:")


def test_a_plain_prompt_becomes_a_message_even_where_it_looks_like_json():
    body, _ = build_generation(make_endpoint(), '[{"role": "user"}]', {}, 8, 0)
    assert body["messages"] == [{"role": "user", "content": '[{"role": "user"}]'}]


def test_completions_send_the_first_stops_and_keep_all():
    until = ["\n", "\n", "", "Q:", "A:", "B:", "C:"]
    body, stops = build_generation(make_endpoint("openai-completions"), "6 × 7 =", {"until": until}, 8, 2)
    assert body == {
        "model": "m-1",
        "prompt": "6 × 7 =",
        "max_tokens": 8,
        "temperature": 0.0,
        "seed": 1236,
        "stop": ["\n", "Q:", "A:", "B:"],
    }
    assert stops == ("\n", "Q:", "A:", "B:", "C:")
    assert build_generation(make_endpoint(), "x", {"until": "\n"}, 8, 0).stops == ("\n",)
    assert "stop" not in build_generation(make_endpoint("openai-completions"), "x", {"until": None}, 8, 0).body


def test_completions_know_no_conversation():
    with pytest.raises(CollectError, match="knows no chat template"):
        build_generation(make_endpoint("openai-completions"), encode_chat(TALK), GREEDY, 8, 0)


def test_anthropic():
    body, _ = build_generation(make_endpoint("anthropic-messages"), encode_chat(TALK), GREEDY, 512, 0)
    assert body == {"model": "m-1", "system": "Be brief.", "messages": TALK[1:], "max_tokens": 512, "temperature": 0.0}
    assert "system" not in build_generation(make_endpoint("anthropic-messages"), "x", {}, 8, 0).body


def test_request_options_of_the_endpoint():
    request = {
        "max_tokens_field": "max_completion_tokens",
        "omit": ["temperature", "seed"],
        "extra": {"enable_thinking": False, "model": "m-2"},
    }
    body, _ = build_generation(make_endpoint(request=request), "x", GREEDY, 512, 0)
    assert body == {
        "model": "m-2",
        "messages": [{"role": "user", "content": "x"}],
        "max_completion_tokens": 512,
        "enable_thinking": False,
    }


@pytest.mark.parametrize(
    ("options", "temperature"),
    [
        ({}, 0.0),
        ({"temperature": 0.6}, 0.6),
        ({"do_sample": False, "temperature": 0.6}, 0.0),
        ({"do_sample": True, "temperature": "0.2"}, 0.2),
        ({"do_sample": True}, 1.0),
    ],
)
def test_temperature(options, temperature):
    assert build_generation(make_endpoint(), "x", options, 8, 0).body["temperature"] == temperature


def test_sampling_options_pass_and_unknown_ones_do_not():
    body, _ = build_generation(make_endpoint(), "x", {"top_p": 0.9, "num_beams": 1, "max_gen_toks": 9}, 8, 0)
    assert body["top_p"] == 0.9
    assert not {"num_beams", "max_gen_toks", "do_sample"} & set(body)
    with pytest.raises(CollectError, match="num_beams: 4"):
        build_generation(make_endpoint(), "x", {"num_beams": 4}, 8, 0)


@pytest.mark.parametrize("name", ["stream", "n", "messages", "prompt", "max_tokens"])
def test_extra_fields_that_would_break_the_reading(name):
    with pytest.raises(CollectError, match=f"sets '{name}'"):
        check_request_options(make_endpoint(request={"extra": {name: 1}}))


def test_the_token_limit_cannot_be_left_out():
    with pytest.raises(CollectError, match="leaves out the token limit"):
        check_request_options(make_endpoint(request={"omit": ["max_tokens"]}))
    check_request_options(make_endpoint(request={"omit": ["seed"], "extra": {"top_p": 1}}))


def test_loglikelihood_body():
    endpoint = make_endpoint("openai-completions", loglikelihood=True, request={"omit": ["seed"]})
    assert build_loglikelihood(endpoint, "6 × 7 = 42") == {
        "model": "m-1",
        "prompt": "6 × 7 = 42",
        "echo": True,
        "logprobs": 1,
        "temperature": 0,
        "max_tokens": 1,
    }


@pytest.mark.parametrize(
    ("options", "limit"),
    [({}, None), ({"max_gen_toks": 5}, 5), ({"max_new_tokens": "7"}, 7), ({"max_tokens": 8, "max_gen_toks": 9}, 9)],
)
def test_token_limit_of_a_task(options, limit):
    assert read_token_limit(options) == limit


def test_chat_prompt_is_text():
    assert isinstance(encode_chat(TALK), str) and isinstance(encode_chat(TALK), ChatPrompt)
    assert "×" in encode_chat(TALK)


def test_cost():
    price = Price(input=0.28, output=0.42)
    assert math.isclose(cost_usd(price, 1_000_000, 500_000), 0.49)
    assert math.isclose(cost_usd(Price(input=0.001, output=0.002, per="1K"), 2000, 1000), 0.004)
    assert cost_usd(price, 0, 0) == 0
    for unknown in ((None, 1, 1), (price, None, 1), (price, 1, None), (Price(input=1, output=2, currency="CNY"), 1, 1)):
        assert cost_usd(*unknown) is None
