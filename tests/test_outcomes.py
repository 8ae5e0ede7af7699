"""Every reply comes to the outcome that it is, whoever served it; none that is no answer passes for one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.endpoint_entries import Thinking
from collectors.endpoint_lm.messages import Usage
from collectors.endpoint_lm.refusals import is_refusal_text
from collectors.endpoint_lm.replies import Exchange, cut_at_stop, read_generation
from collectors.records import Outcome

APIS = ("openai-chat", "openai-completions", "anthropic-messages")


def judge(body, status=200, api="openai-chat", rule=None, stops=(), headers=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_generation(Exchange(status, headers or {}, raw), api, rule, stops)


def chat(content, finish="stop", **message):
    return {"choices": [{"finish_reason": finish, "message": {"content": content, **message}}]}


INSPECTIONS = [
    ("DashScope", 400, {"error": {"code": "data_inspection_failed", "message": "Input data may contain …"}}),
    ("DashScope", 400, {"code": "DataInspectionFailed", "message": "data may contain inappropriate content."}),
    ("Zhipu", 400, {"error": {"code": "1301", "message": "系统检测到输入或生成内容可能包含不安全或敏感内容"}}),
    ("DeepSeek", 400, {"error": {"message": "Content Exists Risk", "type": "invalid_request_error"}}),
    ("Moonshot", 400, {"error": {"type": "content_filter", "message": "rejected: it was considered high risk"}}),
    ("MiniMax", 200, {"choices": None, "base_resp": {"status_code": 1026, "status_msg": "input new_sensitive"}}),
    ("MiniMax", 422, {"error": {"message": "output new_sensitive (1027)"}}),
    ("Volcengine", 400, {"error": {"code": "SensitiveContentDetected.Violence", "message": "The request failed"}}),
    ("Volcengine", 400, {"error": {"code": "InputTextSensitiveContentDetected", "message": "The request failed"}}),
    ("Volcengine", 400, {"error": {"code": "OutputTextRiskDetection", "message": "could not be processed"}}),
    ("iFlytek", 200, {"code": 10013, "message": "输入内容审核不通过，涉嫌违规"}),
    ("Xiaomi", 421, {"error": {"message": "Content Filter: blocked"}}),
    ("content inspection", 451, {"error": {"message": "The content you provided or machine outputted is blocked."}}),
    ("OpenAI", 400, {"error": {"code": "content_policy_violation", "message": "rejected"}}),
    ("OpenAI", 400, {"error": {"code": "invalid_prompt", "message": "potentially violating our usage policy"}}),
    ("Azure", 400, {"error": {"code": "400", "innererror": {"code": "ResponsibleAIPolicyViolation"}}}),
    ("Anthropic", 400, {"type": "error", "error": {"message": "Output blocked by content filtering policy"}}),
    ("Google", 200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}),
    ("xAI", 403, {"code": "permission-denied", "error": "Content violates usage guidelines."}),
    ("OpenRouter", 403, {"error": {"code": 403, "message": "model requires moderation. Your input was flagged"}}),
    ("gateway", 400, {"error": {"code": "sensitive_words_detected", "message": "blocked"}}),
    ("provider", 400, [{"error": {"message": "输入包含敏感信息", "code": 4001}}]),
]  # fmt: skip


@pytest.mark.parametrize(("provider", "status", "body"), INSPECTIONS)
def test_content_inspection_is_a_refusal(provider, status, body):
    reply = judge(body, status)
    assert reply.outcome is Outcome.REFUSED
    assert provider in reply.detail
    assert not reply.is_transient and not reply.blocks_endpoint


@pytest.mark.parametrize(
    ("finish", "outcome"),
    [
        ("content_filter", Outcome.REFUSED),
        ("content_filter: RECITATION", Outcome.REFUSED),
        ("sensitive", Outcome.REFUSED),
        ("SAFETY", Outcome.REFUSED),
        ("PROHIBITED_CONTENT", Outcome.REFUSED),
        ("length", Outcome.TRUNCATED),
        ("MAX_TOKENS", Outcome.TRUNCATED),
        ("network_error", Outcome.HTTP_ERROR),
        ("insufficient_system_resource", Outcome.HTTP_ERROR),
        ("stop", Outcome.OK),
        (None, Outcome.OK),
        ("eos_token", Outcome.OK),
    ],
)
def test_finish_reason(finish, outcome):
    assert judge(chat("the answer is 4", finish)).outcome is outcome


@pytest.mark.parametrize(
    ("body", "outcome", "words"),
    [
        (chat(None), Outcome.EMPTY, "null"),
        (chat(" \n"), Outcome.EMPTY, "empty"),
        (chat("", reasoning_content="hm"), Outcome.EMPTY, "thought and then said nothing"),
        (chat(None, tool_calls=[{"id": "1"}]), Outcome.EMPTY, "calls a tool"),
        (chat(None, "length", reasoning="hm"), Outcome.TRUNCATED, "thinking used up"),
        (chat("", "length"), Outcome.TRUNCATED, "before any answer"),
        (chat(["?"]), Outcome.EMPTY, "empty"),
        (chat({"text": "42"}), Outcome.EMPTY, "null"),
        ({"choices": [{"message": {"role": "assistant"}}]}, Outcome.MALFORMED, "no content"),
        ({"choices": []}, Outcome.MALFORMED, "no message"),
        ({"choices": [{"text": "42"}]}, Outcome.MALFORMED, "no message"),
        ({}, Outcome.MALFORMED, "no message"),
        ([], Outcome.MALFORMED, "JSON list"),
        (b"", Outcome.EMPTY, "no body"),
        (b"<!DOCTYPE html><p>busy", Outcome.MALFORMED, "HTML"),
        (b"data: {}", Outcome.MALFORMED, "not valid JSON"),
        (b"[" * 200_000, Outcome.MALFORMED, "not valid JSON"),
        (b"\xff\xfe\x00", Outcome.MALFORMED, "not valid JSON"),
        ({"error": "busy"}, Outcome.HTTP_ERROR, "HTTP 200 with an error body: busy"),
        ({"code": 50505, "message": "Model service overloaded"}, Outcome.HTTP_ERROR, "overloaded"),
        ({"base_resp": {"status_code": 1002, "status_msg": "rate limit"}}, Outcome.HTTP_ERROR, "rate limit"),
        ({"Response": {"Error": {"Code": "InternalError", "Message": "lost"}}}, Outcome.HTTP_ERROR, "lost"),
        ({"error_code": 336100, "error_msg": "try again"}, Outcome.HTTP_ERROR, "try again"),
    ],
)
def test_http_200_that_is_no_answer(body, outcome, words):
    reply = judge(body)
    assert reply.outcome is outcome
    assert words in reply.detail
    assert reply.is_transient == (outcome is not Outcome.TRUNCATED)


@pytest.mark.parametrize(
    ("status", "is_transient", "blocks"),
    [
        (301, False, False), (307, False, False), (400, False, False), (401, False, True), (402, False, True),
        (403, False, True), (404, False, True), (408, True, False), (409, True, False), (413, False, False),
        (422, False, False), (425, True, False), (429, True, False), (500, True, False), (501, False, False),
        (502, True, False), (503, True, False), (504, True, False), (529, True, False),
    ],
)  # fmt: skip
def test_status(status, is_transient, blocks):
    reply = judge({"error": {"message": "no"}}, status)
    assert reply.outcome is Outcome.HTTP_ERROR
    assert reply.detail.startswith(f"HTTP {status}")
    assert (reply.is_transient, reply.blocks_endpoint, reply.http_status) == (is_transient, blocks, status)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, {"error": {"code": "insufficient_quota", "message": "You exceeded your current quota"}}),
        (429, {"error": {"type": "exceeded_current_quota_error", "message": "suspended"}}),
        (429, {"error": {"code": "1113", "message": "您的账户已欠费"}}),
        (400, {"code": "Arrearage", "message": "Access denied"}),
        (400, {"type": "error", "error": {"message": "Your credit balance is too low to access the Anthropic API"}}),
        (200, {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}),
        (200, {"error": {"code": 401, "message": "User not found."}}),
    ],
)
def test_dead_account_is_not_asked_again(status, body):
    reply = judge(body, status)
    assert reply.outcome is Outcome.HTTP_ERROR
    assert reply.blocks_endpoint and not reply.is_transient


def test_gateway_status_inside_200():
    assert not judge({"error": {"code": 400, "message": "bad"}}).is_transient
    assert judge({"error": {"code": 502, "message": "lost"}}).is_transient
    assert judge({"choices": [{"error": {"code": 429, "message": "slow"}, "message": {"content": ""}}]}).is_transient


def test_an_error_beside_a_message_is_an_error():
    for body in (
        {"error": {"message": "lost half"}, **chat("4")},
        {"choices": [{"error": {"message": "lost half"}, **chat("4")["choices"][0]}]},
    ):
        reply = judge(body)
        assert (reply.outcome, reply.detail) == (Outcome.HTTP_ERROR, "HTTP 200 with an error body: lost half")
    assert (
        judge({"error": None, "base_resp": {"status_code": 0, "status_msg": "success"}, **chat("4")}).outcome
        is Outcome.OK
    )


@pytest.mark.parametrize(
    ("flag", "outcome"), [(0, Outcome.OK), (1, Outcome.OK), (2, Outcome.REFUSED), (4, Outcome.REFUSED)]
)
def test_content_flagged_by_baidu(flag, outcome):
    assert judge({"choices": [{"flag": flag, **chat("4")["choices"][0]}]}).outcome is outcome


@pytest.mark.parametrize("count", [True, -1, 1.5, "7", None, [7], 10**30])
def test_a_count_that_is_none(count):
    assert judge({"usage": {"prompt_tokens": count, "output_tokens": 3}, **chat("4")}).usage == Usage(None, 3)


def test_a_code_that_only_looks_like_inspection_is_an_error():
    assert (
        judge({"error": {"code": "ContentSecurityDetectionError", "message": "Internal error."}}, 400).outcome
        is Outcome.HTTP_ERROR
    )
    assert judge({"error": {"message": "content filter"}}, 429).outcome is Outcome.HTTP_ERROR


def test_facts_of_a_good_reply():
    body = {
        "id": "chatcmpl-9",
        "model": "m-0101",
        "system_fingerprint": "fp",
        "usage": {"prompt_tokens": 5, "completion_tokens": 9, "completion_tokens_details": {"reasoning_tokens": 4}},
        **chat("42", reasoning_content="hm"),
    }
    reply = judge(body, headers={"x-request-id": "r-1"})
    assert (reply.outcome, reply.answer, reply.thinking, reply.detail) == (Outcome.OK, "42", "hm", None)
    assert (reply.returned_model, reply.fingerprint, reply.request_id) == ("m-0101", "fp", "r-1")
    assert reply.usage == Usage(5, 9, 4)
    assert judge(body).request_id == "chatcmpl-9"
    assert judge(chat("42")).usage == Usage(None, None, None)


def test_anthropic():
    def message(stop="end_turn", *blocks, **more):
        return judge({"content": list(blocks), "stop_reason": stop, **more}, api="anthropic-messages")

    text = {"type": "text", "text": "42"}
    thought = {"type": "thinking", "thinking": "six sevens"}
    usage = {"input_tokens": 5, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 7, "output_tokens": 3}
    reply = message("end_turn", thought, text, usage=usage)
    assert (reply.outcome, reply.answer, reply.thinking, reply.usage) == (Outcome.OK, "42", "six sevens", Usage(112, 3))
    assert message("max_tokens", thought).outcome is Outcome.TRUNCATED
    assert message("refusal").outcome is Outcome.REFUSED
    assert message("end_turn").outcome is Outcome.EMPTY
    assert judge({"type": "message"}, api="anthropic-messages").outcome is Outcome.MALFORMED


def test_completions_and_content_in_parts():
    assert judge({"choices": [{"text": " 42", "finish_reason": "stop"}]}, api="openai-completions").answer == " 42"
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "42"}]
    reply = judge(chat(parts))
    assert (reply.answer, reply.thinking) == ("42", "hm")


def test_thinking_never_closed_is_truncated_however_it_ended():
    for finish in ("length", "stop"):
        reply = judge(chat("<think>it could be 41", finish))
        assert (reply.outcome, reply.answer, reply.thinking) == (Outcome.TRUNCATED, "", "it could be 41")
    lone = judge(chat("it could be 41</think>42"), rule=Thinking(open="<think>", close="</think>"))
    assert (lone.outcome, lone.answer) == (Outcome.OK, "42")


def test_stops_apply_to_the_answer_and_not_to_the_thinking():
    stops = ("\n\n", "Q:")
    assert judge(chat("<think>a\n\nQ: b</think>\n\n42\n\nQ: next"), stops=stops).answer == "42"
    # A stop inside what the limit cut off: the answer was whole before the cut.
    assert judge(chat("42 Q: and then", "length"), stops=stops).outcome is Outcome.OK
    assert judge(chat("\n\n42"), stops=stops).outcome is Outcome.OK
    named = {"choices": [{"text": "", "finish_reason": "stop", "stop_reason": "\n\n"}]}
    assert judge(named, api="openai-completions", stops=stops).outcome is Outcome.OK
    assert cut_at_stop("abc", ["c", "b", ""]) == ("a", True)


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't assist with that.",
        "I’m sorry, but I cannot help with that request.",
        "Sorry, I am unable to provide that information.",
        "I cannot answer this question.",
        "As an AI language model, I cannot discuss this.",
        "很抱歉，我无法回答这个问题。",
        "对不起，我不能提供相关内容。",
        "抱歉，作为一个人工智能语言模型，我无法提供该信息。",
        "你好，这个问题我暂时无法回答，让我们换个话题再聊聊吧。",
        "您好，我无法给到相关内容。",
        "我们还是换个话题聊聊吧。",
    ],
)
def test_refusal_in_words(text):
    assert is_refusal_text(text)
    assert judge(chat(text)).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    "text",
    [
        "42",
        "",
        "I cannot find an error in the proof. The answer is 42.",
        "I can't help but notice that 6 * 7 = 42.",
        "Sorry, I cannot help with drawings, but the answer is (B).",
        "The clerk said: I'm sorry, I can't help with that.",
        "抱歉让您久等，答案是B。",
        "不能整除，所以选C。",
        "不能提供担保",
        "这个问题不能一概而论。",
        "无法确定，选D",
        "对不起这三个字一共有26画。",
        "I'm sorry, but I can't help with that. " + "However, here is the whole derivation. " * 10,
    ],
)
def test_an_answer_is_no_refusal(text):
    assert not is_refusal_text(text)


NAMES = """choices message content text error code detail base_resp usage stop_reason finish_reason logprobs flag model
id type thinking refusal status_code promptFeedback Response Error"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(NAMES.split()) | st.text(max_size=4), inner, max_size=5
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON, st.sampled_from(APIS), st.sampled_from([200, 204, 302, 400, 401, 429, 500]))
def test_any_json_comes_to_an_outcome(value, api, status):
    reply = judge(json.dumps(value).encode(), status, api)
    assert isinstance(reply.outcome, Outcome)
    assert (reply.detail is None) == (reply.outcome is Outcome.OK)
    for text in (
        reply.answer,
        reply.detail,
        reply.thinking,
        reply.finish_reason,
        reply.returned_model,
        reply.request_id,
    ):
        assert text is None or text.encode("utf-8") is not None


@given(st.binary(max_size=200), st.sampled_from(APIS), st.sampled_from([200, 500]))
def test_any_bytes_come_to_an_outcome(body, api, status):
    assert judge(body, status, api).outcome is not Outcome.OK


@given(JSON)
def test_any_message_comes_to_an_outcome(value):
    for body in (
        {"choices": [{"message": value}]},
        {"choices": [{"message": {"content": value}, "finish_reason": value}]},
    ):
        assert isinstance(judge(body).outcome, Outcome)
