"""From lm-eval's requests to logged outcomes, over real HTTP: no fault becomes a wrong answer or costs another item."""

import json
import sqlite3

import pytest
from faulty_server import FAULTS, FaultyServer, Plan, as_json, chat
from lm_eval.api.instance import Instance

from collectors.call_log import CallLog
from collectors.endpoint_entries import Endpoint
from collectors.endpoint_lm.caller import RetryPolicy
from collectors.endpoint_lm.lm import EndpointLM
from collectors.endpoint_lm.probe import probe_endpoint
from collectors.errors import CollectError
from collectors.records import Outcome

QUICK = RetryPolicy(most_attempts=4, first_wait_s=0.001, longest_wait_s=0.002)
OPTIONS = {"until": ["\n\n"], "do_sample": False}


def make_endpoint(server, **more):
    fields = {"id": "e", "model": "d/m", "api": "openai-chat", "served_model": "m", "max_concurrency": 8}
    return Endpoint(**fields | {"base_url": server.base_url} | more)


def make_lm(server, log, on_call=None, limits=None, **more):
    limits = {"sums": 64} if limits is None else limits
    return EndpointLM(make_endpoint(server, **more), log, max_tokens=limits, on_call=on_call, retries=QUICK)


def items(count, task="sums", repeats=1, options=OPTIONS, kind="generate_until"):
    made = [
        Instance(kind, {}, (f"item {number}: 6 × 7 = ?", dict(options)), 0, (task, number, repeats))
        for number in range(count)
    ]
    return [instance for instance in made for _ in range(repeats)]


@pytest.fixture
def log(tmp_path):
    with CallLog(tmp_path / "run.sqlite") as log:
        yield log


# What the faults are, the words that name them, and how often they are tried under QUICK.
TABLE = [
    ("empty_content", "empty", "the content is empty", 3),
    ("null_content", "empty", "the content is null", 3),
    ("null_content_length", "truncated", "thinking used up the token limit", 1),
    ("finish_length", "truncated", "the answer reached the token limit", 1),
    ("content_filter", "refused", "content withheld: finish_reason content_filter", 1),
    ("finish_sensitive", "refused", "content withheld: finish_reason sensitive", 1),
    ("finish_safety", "refused", "content withheld: finish_reason safety", 1),
    ("missing_content", "malformed", "the message has no content", 3),
    ("no_choices", "malformed", "the reply holds no message", 3),
    ("refusal_text", "refused", "refusal in words", 1),
    ("refusal_text_zh", "refused", "refusal in words", 1),
    ("refusal_field", "refused", "the model refused", 1),
    ("thought_only", "empty", "thought and then said nothing", 3),
    ("error_200", "http_error", "HTTP 200 with an error body: upstream is busy", 4),
    ("error_200_text", "http_error", "HTTP 200 with an error body: upstream is busy", 4),
    ("error_200_minimax", "refused", "content inspection of MiniMax", 1),
    ("error_200_gemini", "refused", "content inspection of Google", 1),
    ("error_in_choice", "http_error", "HTTP 200 with an error body: lost", 4),
    ("think_unclosed", "truncated", "cut off in the middle of thinking", 1),
    ("think_unclosed_stop", "truncated", "cut off in the middle of thinking", 1),
    ("inspection_dashscope", "refused", "content inspection of Alibaba DashScope", 1),
    ("inspection_deepseek", "refused", "content inspection of DeepSeek", 1),
    ("inspection_zhipu", "refused", "content inspection of Zhipu", 1),
    ("inspection_xai", "refused", "content inspection of xAI", 1),
    ("bad_parameter", "http_error", "HTTP 400: Unsupported parameter", 1),
    ("unauthorized", "http_error", "HTTP 401: Invalid API key", 1),
    ("payment", "http_error", "HTTP 402: Insufficient Balance", 1),
    ("forbidden", "http_error", "HTTP 403: no access", 1),
    ("not_found", "http_error", "HTTP 404: no such model", 1),
    ("unprocessable", "http_error", "HTTP 422: extra fields not permitted", 1),
    ("no_quota", "http_error", "HTTP 429: You exceeded your current quota", 1),
    ("rate_limit", "http_error", "HTTP 429: slow down", 4),
    ("server_error", "http_error", "HTTP 500: internal error", 4),
    ("bad_gateway", "http_error", "HTTP 502", 4),
    ("overloaded", "http_error", "HTTP 529: overloaded", 4),
    ("bad_json", "malformed", "not valid JSON", 3),
    ("html", "malformed", "the reply is HTML", 3),
    ("no_body", "empty", "the reply has no body", 3),
    ("redirect", "http_error", "HTTP 307: a redirect, which is not followed", 1),
    ("bad_gzip", "malformed", "cannot be decompressed", 3),
    ("finish_network_error", "http_error", "the endpoint broke off: finish_reason network_error", 4),
    ("reset", "network", "the connection failed", 4),
    ("cut", "network", "the connection failed", 4),
    ("hang", "timeout", "no whole answer within 0.3 s", 3),
]
GOOD = {"ok", "text_plain", "think_closed"}


def test_the_table_holds_every_fault_of_the_server():
    assert {row[0] for row in TABLE} | GOOD | {"rate_limit_retry_after"} == set(FAULTS)


@pytest.mark.parametrize(("fault", "outcome", "words", "attempts"), TABLE)
def test_two_faulty_items_of_twenty(log, fault, outcome, words, attempts):
    with FaultyServer([Plan("item 3:", fault), Plan("item 11:", fault)]) as server:
        answers = make_lm(server, log, timeout_s=0.3 if fault == "hang" else 20).generate_until(items(20))
    records = {record.doc_id: record for record in log.records()}
    assert len(records) == 20
    for number, answer in enumerate(answers):
        record = records[number]
        if number in (3, 11):
            assert answer == ("the answer is 4" if fault == "finish_length" else "")
            assert (record.outcome, record.attempts) == (outcome, attempts)
            assert words in record.detail
        else:
            assert (answer, record.outcome, record.detail) == ("42", "ok", None)
    assert len(server.requests) == 18 + 2 * attempts


@pytest.mark.parametrize("fault", sorted(GOOD))
def test_what_only_looks_like_a_fault(log, fault):
    with FaultyServer([Plan("item", fault)]) as server:
        assert make_lm(server, log).generate_until(items(12)) == ["42"] * 12


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        ("rate_limit", 1),
        ("server_error", 2),
        ("reset", 1),
        ("empty_content", 2),
        ("bad_json", 1),
        ("html", 2),
        ("error_200", 1),
    ],
)
def test_a_passing_fault_passes(log, fault, times):
    with FaultyServer([Plan("item 5:", fault, times)]) as server:
        assert make_lm(server, log).generate_until(items(10)) == ["42"] * 10
    assert {record.doc_id: record.attempts for record in log.records()}[5] == times + 1


def test_retry_after_holds_the_whole_endpoint(log):
    with FaultyServer([Plan("item 0:", "rate_limit_retry_after", 1)]) as server:
        assert make_lm(server, log, max_concurrency=2).generate_until(items(40)) == ["42"] * 40
    asked = [request.body["messages"][0]["content"].split(":")[0] for request in server.requests]
    first, again = (at for at, item in enumerate(asked) if item == "item 0")
    assert server.requests[again].at - server.requests[first].at >= 0.9
    # Left alone, the other slot would have asked for all the other items within that second.
    assert again < 10


def test_tokens_of_every_attempt_count(log):
    with FaultyServer([Plan("item 0:", "empty_content", 2)]) as server:
        make_lm(server, log).generate_until(items(1))
    (record,) = log.records()
    assert (record.input_tokens, record.output_tokens, record.thinking_tokens) == (33, 21, None)


def test_a_dead_key_is_not_hammered(log):
    with FaultyServer([Plan("item", "unauthorized")]) as server:
        answers = make_lm(server, log, max_concurrency=4).generate_until(items(50))
        assert answers == [""] * 50
        assert 3 <= len(server.requests) <= 3 + 4
    records = list(log.records())
    asked = [record for record in records if record.attempts]
    skipped = [record for record in records if not record.attempts]
    assert len(asked) == len(server.requests)
    assert all(record.outcome is Outcome.HTTP_ERROR and record.http_status == 401 for record in asked)
    assert all(record.outcome is Outcome.HTTP_ERROR and record.http_status is None for record in skipped)
    assert all(record.detail.startswith("not asked: ") and "HTTP 401" in record.detail for record in skipped)


def test_an_endpoint_that_is_down_is_given_up(log):
    with FaultyServer() as server:
        pass
    answers = make_lm(server, log, max_concurrency=4).generate_until(items(60))
    assert answers == [""] * 60
    assert log.outcome_counts()["network"] < 30
    assert sum(record.detail.startswith("not asked") for record in log.records()) > 30


def test_resume_asks_only_for_what_is_missing(log):
    seen = []
    faults = [Plan("item 1:", "server_error"), Plan("item 2:", "refusal_field"), Plan("item 3:", "finish_length")]
    with FaultyServer(faults) as server:
        lm = make_lm(server, log)
        first = lm.generate_until(items(6))
        server.faults.clear()
        server.requests.clear()
        again = make_lm(server, log, on_call=seen.append).generate_until(items(6))
    assert first == ["42", "", "", "the answer is 4", "42", "42"]
    assert again == ["42", "42", "", "the answer is 4", "42", "42"]
    assert len(server.requests) == 1
    assert sorted(record.doc_id for record in seen) == list(range(6))
    record = next(record for record in log.records() if record.doc_id == 1)
    assert (record.outcome, record.attempts, record.detail) == (Outcome.OK, 5, None)


def test_repeats_and_equal_items_are_calls_of_their_own(log):
    twins = [Instance("generate_until", {}, ("same", dict(OPTIONS)), 0, ("sums", number, 3)) for number in range(2)]
    requests = [instance for instance in twins for _ in range(3)]
    with FaultyServer() as server:
        assert make_lm(server, log).generate_until(requests) == ["42"] * 6
    assert len({record.call_key for record in log.records()}) == 6
    assert sorted((record.doc_id, record.repeat) for record in log.records()) == [
        (d, r) for d in (0, 1) for r in (0, 1, 2)
    ]
    assert sorted(request.body["seed"] for request in server.requests) == [1234, 1234, 1235, 1235, 1236, 1236]


def test_answers_come_in_order_and_all_tasks_share_the_endpoint(log):
    def answer(body):
        return chat(body["messages"][0]["content"].split(":")[0])

    with FaultyServer(answer=answer, latency=0.02) as server:
        requests = items(10, "sums") + items(10, "dates")
        lm = make_lm(server, log, limits={"sums": 64, "dates": 32}, max_concurrency=5)
        assert lm.generate_until(requests) == [f"item {number}" for number in range(10)] * 2
    assert server.most_under_way == 5
    assert {request.body["max_tokens"] for request in server.requests} == {64, 32}


def test_token_limit(log):
    stated = OPTIONS | {"max_gen_toks": 4096}
    with FaultyServer() as server:
        make_lm(server, log, limits={"sums": 64}).generate_until(items(1, options=stated))
        make_lm(server, log, limits={}).generate_until(items(1, options=stated))
        assert [request.body["max_tokens"] for request in server.requests] == [64, 4096]
        with pytest.raises(CollectError, match="task sums: it states no token limit"):
            make_lm(server, log, limits={}).generate_until(items(1))
    assert len(server.requests) == 2


def test_no_key_in_any_record_even_where_the_server_echoes_it(log, monkeypatch, tmp_path):
    monkeypatch.setenv("TEST_KEY", "sk-secret-0123456789")

    def leak(body):
        if "item 1:" in json.dumps(body):
            return as_json({"error": {"message": "bad key sk-secret-0123456789"}}, 400)
        return chat("42 sk-secret-0123456789", reasoning_content="sk-secret-0123456789")

    with FaultyServer(answer=leak) as server:
        lm = make_lm(server, log, api_key_env="TEST_KEY")
        assert lm.generate_until(items(2)) == ["42 [key]", ""]
        assert server.requests[0].headers["authorization"] == "Bearer sk-secret-0123456789"
    log.close()
    for path in tmp_path.iterdir():
        assert b"sk-secret" not in path.read_bytes(), path
    assert "sk-secret" not in repr(vars(lm))


def test_a_missing_key_is_named_by_its_variable(log, monkeypatch):
    monkeypatch.delenv("TEST_KEY", raising=False)
    with FaultyServer() as server, pytest.raises(CollectError, match="the environment variable TEST_KEY is not set"):
        make_lm(server, log, api_key_env="TEST_KEY").generate_until(items(1))
    assert not server.requests


def test_what_on_call_raises_reaches_the_caller(log):
    def stop(record):
        raise CollectError("budget: it is spent; got 5 USD. Raise it.")

    with FaultyServer() as server, pytest.raises(CollectError, match="it is spent"):
        make_lm(server, log, on_call=stop).generate_until(items(40))
    assert 1 <= len(server.requests) < 40
    assert log.outcome_counts()["ok"] >= 1


def test_a_full_disk_is_said_and_not_swallowed(log):
    with FaultyServer() as server:
        lm = make_lm(server, log)
        log._connection.close()
        log._connection = sqlite3.connect(f"file:{log.path}?mode=ro", uri=True, isolation_level=None)
        with pytest.raises(CollectError, match="the call log cannot be used"):
            lm.generate_until(items(3))


def test_facts_are_recorded(log):
    with FaultyServer() as server:
        make_lm(server, log).generate_until(items(1))
    (record,) = log.records()
    assert (record.task, record.doc_id, record.repeat, record.answer) == ("sums", 0, 0, "42")
    assert (record.input_tokens, record.output_tokens, record.finish_reason) == (11, 7, "stop")
    assert (record.returned_model, record.fingerprint, record.request_id) == ("served-model-0101", "fp_test", "req-1")
    assert record.http_status == 200 and record.latency_s > 0


def test_probe_asks_once():
    with FaultyServer([Plan("6 times 7", "server_error", 1)]) as server:
        first, second = (probe_endpoint(make_endpoint(server)) for _ in range(2))
    assert (first.outcome, first.attempts, first.detail) == (Outcome.HTTP_ERROR, 1, "HTTP 500: internal error")
    assert (second.outcome, second.answer, second.returned_model) == (Outcome.OK, "42", "served-model-0101")
    assert server.requests[0].body["max_tokens"] == 1024


def test_anthropic_messages(log):
    def answer(body):
        blocks = [{"type": "thinking", "thinking": "six sevens"}, {"type": "text", "text": "42\n\nmore"}]
        usage = {"input_tokens": 3, "output_tokens": 4}
        return as_json({"id": "msg_1", "content": blocks, "stop_reason": "end_turn", "usage": usage})

    with FaultyServer(answer=answer) as server:
        assert make_lm(server, log, api="anthropic-messages").generate_until(items(2)) == ["42", "42"]
    assert server.requests[0].path == "/v1/messages"
    assert {record.thinking for record in log.records()} == {"six sevens"}


def echo(body):
    """Echo a prompt in tokens of one character, each less likely than the one before."""
    tokens = ["<s>", *body["prompt"], "!"]
    logprobs = [None, *(-float(number) for number in range(1, len(tokens)))]
    found = {"tokens": tokens, "token_logprobs": logprobs, "top_logprobs": [{} for _ in tokens]}
    usage = {"prompt_tokens": len(tokens) - 1, "completion_tokens": 1}
    return as_json({"choices": [{"text": body["prompt"] + "!", "logprobs": found}], "usage": usage})


def test_loglikelihood(log):
    requests = [
        Instance("loglikelihood", {}, ("ab ", text), index, ("mc", 0, 1)) for index, text in enumerate(("c", "cd"))
    ]
    with FaultyServer(answer=echo) as server:
        lm = make_lm(server, log, api="openai-completions", loglikelihood=True)
        # The space at the border counts with the continuation: characters 3 and 4, 3 to 5.
        assert lm.loglikelihood(requests) == [(-7.0, True), (-12.0, True)]
        rolling = [Instance("loglikelihood_rolling", {}, ("abc",), 0, ("ppl", 0, 1))]
        assert lm.loglikelihood_rolling(rolling) == [-6.0]
        assert lm.loglikelihood(requests) == [(-7.0, True), (-12.0, True)]
    assert len(server.requests) == 3
    assert all(request.path == "/v1/completions" and request.body["max_tokens"] == 1 for request in server.requests)


def test_loglikelihood_that_fails_is_never_a_likely_one(log):
    requests = [Instance("loglikelihood", {}, ("ab", "c"), 0, ("mc", 0, 1))]
    with FaultyServer([Plan("ab", "bad_parameter")]) as server:
        lm = make_lm(server, log, api="openai-completions", loglikelihood=True)
        assert lm.loglikelihood(requests) == [(float("-inf"), False)]
    assert log.outcome_counts() == {"http_error": 1}


@pytest.mark.parametrize("api", ["openai-chat", "openai-completions", "anthropic-messages"])
def test_loglikelihood_is_refused_where_it_is_not_registered(log, api):
    with FaultyServer() as server:
        lm = make_lm(server, log, api=api)
        for call in (lm.loglikelihood, lm.loglikelihood_rolling):
            with pytest.raises(CollectError, match="gives no log-likelihoods"):
                call(items(1, kind="loglikelihood"))


TASK = """
task: sums
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}, dev: {data}}}}}
test_split: test
fewshot_split: dev
fewshot_config: {{sampler: first_n}}
num_fewshot: 1
output_type: generate_until
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
generation_kwargs: {{until: ["\\n\\n"], do_sample: false}}
repeats: 2
metric_list: [{{metric: exact_match}}]
"""


@pytest.mark.parametrize("multiturn", [True, False])
def test_through_lm_eval(log, tmp_path, multiturn):
    from lm_eval import simple_evaluate
    from lm_eval.tasks import TaskManager

    rows = [{"question": f"item {number}: {number} + 1", "answer": str(number + 1)} for number in range(4)]
    (tmp_path / "data.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "sums.yaml").write_text(TASK.format(data=tmp_path / "data.jsonl"))

    def answer(body):
        return chat(f"<think>count</think>{int(body['messages'][-1]['content'].split()[-3]) + 1}")

    with FaultyServer([Plan("2 + 1", "null_content")], answer=answer) as server:
        results = simple_evaluate(
            model=make_lm(server, log),
            tasks=["sums"],
            task_manager=TaskManager(include_path=str(tmp_path), include_defaults=False),
            apply_chat_template=True,
            fewshot_as_multiturn=multiturn,
            system_instruction="Be brief.",
            bootstrap_iters=0,
        )
    roles = [message["role"] for message in server.requests[0].body["messages"]]
    assert roles == (["system", "user", "assistant", "user"] if multiturn else ["system", "user"])
    assert [sample["resps"] for sample in results["samples"]["sums"]] == [
        [["1", "1"]],
        [["2", "2"]],
        [["", ""]],
        [["4", "4"]],
    ]
    assert log.outcome_counts() == {"empty": 2, "ok": 6}
