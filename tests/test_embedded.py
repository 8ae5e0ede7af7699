"""The embedded baselines: OpenAI-compatible by the official client's judgement, and no better than their rules."""

import ast
import json
import subprocess
import sys
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import collectors.embedded
from collectors.embedded import KINDS, start_embedded
from collectors.embedded.calculator import answer_by_rules
from collectors.embedded.chance import answer_by_chance, find_options
from collectors.embedded.numerals import read_chinese, write_chinese
from collectors.errors import UsageError

QUESTION = "Which is it?\nA. one\nB. two\nC. three\nD. four"


@pytest.fixture(scope="module")
def clients():
    with start_embedded("chance") as chance, start_embedded("calculator") as calculator:
        yield {
            "chance": openai.OpenAI(base_url=chance, api_key="unused", max_retries=0),
            "calculator": openai.OpenAI(base_url=calculator, api_key="unused", max_retries=0),
        }


def ask(client: openai.OpenAI, kind: str, content: str, **options):
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": content}]
    return client.chat.completions.create(model=f"baseline/{kind}", messages=messages, **options)


def test_official_client_reads_a_completion(clients):
    reply = ask(clients["calculator"], "calculator", "What is 12 * (3 + 4)?", temperature=0, max_tokens=4096)
    assert reply.choices[0].message.content.endswith("Answer: 84")
    assert reply.choices[0].finish_reason == "stop"
    assert (reply.model, reply.system_fingerprint) == ("baseline/calculator", "embedded")
    assert reply.id.startswith("chatcmpl-")
    assert reply._request_id.startswith("req_")
    assert reply.usage.prompt_tokens == 10
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens


def test_official_client_reads_a_stream(clients):
    whole = ask(clients["chance"], "chance", QUESTION)
    chunks = list(ask(clients["chance"], "chance", QUESTION, stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage


def test_official_client_lists_and_retrieves_models(clients):
    assert [model.id for model in clients["chance"].models.list()] == ["baseline/chance"]
    assert clients["chance"].models.retrieve("baseline/chance").owned_by == "modelgap-embedded"
    with pytest.raises(openai.NotFoundError):
        clients["chance"].models.retrieve("baseline/none")


@pytest.mark.parametrize(
    ("change", "error", "param"),
    [
        ({"messages": []}, openai.BadRequestError, "messages"),
        ({"messages": [{"role": "system", "content": "x"}]}, openai.BadRequestError, "messages"),
        ({"messages": [{"role": "user", "content": None}]}, openai.BadRequestError, "messages"),
        ({"max_tokens": 0}, openai.BadRequestError, "max_tokens"),
        ({"n": 2}, openai.BadRequestError, "n"),
        ({"stop": [1]}, openai.BadRequestError, "stop"),
        ({"model": "gpt-5"}, openai.NotFoundError, "model"),
    ],
)
def test_malformed_requests_get_openai_errors(clients, change, error, param):
    good = {"model": "baseline/chance", "messages": [{"role": "user", "content": "x"}]}
    with pytest.raises(error) as caught:
        clients["chance"].chat.completions.create(**{**good, **change})
    assert caught.value.body["param"] == param
    assert caught.value.body["type"] in {"invalid_request_error", "not_found_error"}


@pytest.mark.parametrize("payload", [b"{", b"[]", b"[" * 100_000, b'"x"'])
def test_bodies_that_are_no_json_object_get_400(clients, payload):
    url = f"{clients['chance'].base_url}chat/completions"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(url, data=payload), timeout=10)
    assert caught.value.code == 400
    assert json.load(caught.value)["error"]["message"]


def test_limits_are_kept(clients):
    cut = ask(clients["chance"], "chance", QUESTION, max_completion_tokens=2)
    assert (cut.choices[0].finish_reason, cut.usage.completion_tokens) == ("length", 2)
    stopped = ask(clients["chance"], "chance", QUESTION, stop=["Answer"])
    assert "Answer" not in stopped.choices[0].message.content
    parts = [{"type": "text", "text": QUESTION}]
    assert ask(clients["chance"], "chance", parts).usage == ask(clients["chance"], "chance", QUESTION).usage


def test_64_requests_at_once_are_all_answered(clients):
    with ThreadPoolExecutor(64) as pool:
        replies = list(pool.map(lambda k: ask(clients["calculator"], "calculator", f"What is {k} + {k}?"), range(640)))
    answers = [reply.choices[0].message.content.rsplit(" ", 1)[1] for reply in replies]
    assert answers == [str(2 * k) for k in range(640)]


def test_unknown_baseline_and_taken_port_are_usage_errors():
    with pytest.raises(UsageError, match="chance, calculator"), start_embedded("oracle"):
        pass
    with start_embedded("chance") as base_url:
        port = int(base_url.rsplit(":", 1)[1].removesuffix("/v1"))
        with pytest.raises(UsageError, match="port"), start_embedded("chance", port):
            pass


def test_nothing_answers_after_the_block():
    with start_embedded("chance") as base_url:
        pass
    with pytest.raises(OSError):
        urllib.request.urlopen(f"{base_url}/models", timeout=5)


def test_served_from_the_command_line_until_terminated():
    command = [sys.executable, "-m", "collectors.embedded", "chance"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        base_url = server.stdout.readline().split(" at ")[1].split()[0]
        assert [m.id for m in openai.OpenAI(base_url=base_url, api_key="unused").models.list()] == ["baseline/chance"]
        server.terminate()
        assert server.wait(timeout=20) == 0


def test_chance_guesses_what_is_offered_and_repeats_itself():
    guesses = Counter(answer_by_chance(f"{QUESTION} {k}")[-1] for k in range(4_000))
    assert set(guesses) == set("ABCD")
    assert all(850 < count < 1_150 for count in guesses.values())
    assert answer_by_chance(QUESTION) == answer_by_chance(QUESTION)
    assert answer_by_chance("对吗？请回答是或否。").rsplit("：")[-1] in "是否"
    assert answer_by_chance("True? yes or no").rsplit(" ")[-1] in {"Yes", "No"}
    assert answer_by_chance("How many?").rsplit(" ")[-1].isdigit()


def test_options_are_letters_from_a_on():
    assert find_options("A、甲\nB、乙\nC、丙") == ["A", "B", "C"]
    assert find_options("(A) x (B) y") == ["A", "B"]
    assert find_options("Q: What?\nA: Let's think.") == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is 7 plus 5 times 2?", "17"),
        ("Compute 1/8.", "0.125"),
        ("三百二十一加四十五等于多少？", "366"),
        ("三百二十一加四十五等于多少？用中文小写数字回答。", "三百六十六"),
        ("把中文数字“一万零二百零三”写成阿拉伯数字。", "10203"),
        ("把10203写成中文大写数字。", "壹万零贰佰零叁"),
        ("二斤三两是多少克？", "1150"),
        ("Tom has 5 apples, buys 4 more and gives 2 away. How many are left?", "7"),
        ("12 cakes are shared equally among 4 children. How many does each get?", "3"),
        ("How many days pass from 27 February 2024 to 2 March 2024?", "4"),
        ("2023年12月30日之后5天是哪一天？", "2024-01-04"),
        ("Today is Tuesday. Which day of the week will it be in 10 days?", "Friday"),
        ("1949年10月1日是星期几？", "星期六"),
        ("Why is the sky blue?", "none"),
        ("What is 1 / 0?", "none"),
    ],
)
def test_calculator_solves_plain_arithmetic_and_says_where_it_cannot(question, answer):
    assert answer_by_rules(question).replace("：", " ").rsplit(" ", 1)[1] == answer


@given(st.integers(0, 10**12 - 1))
def test_calculator_numerals_round_trip(number):
    assert read_chinese(write_chinese(number)) == number


WORDS = ["十", "万", "亿", "加", "斤", "多少克", "写成阿拉伯数字", "大写", "写成", "天后", "今天是星期一", "2024-02-30"]
OTHERS = [" each ", "how many ", "is ", " days after ", "31 May 9999", "shared equally", "99999999999", "\ud800", " "]
pieces = st.sampled_from([*"0123456789+-*/(). ,?，。", *WORDS, *OTHERS])


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces, max_size=40).map("".join))
def test_baselines_answer_anything_and_never_with_nothing(prompt):
    for answer in KINDS.values():
        assert answer(prompt).splitlines()[-1].strip()


def test_calculator_never_imports_the_generators():
    for path in Path(collectors.embedded.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if "generators" in name or "lm_eval" in name], path.name
