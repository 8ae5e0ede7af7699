"""Reading answers out of replies, marking blanks, and checking constraints, on replies as models write them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.lm_eval_tasks.answers import READERS, read_answers, read_letters
from collectors.lm_eval_tasks.cloze import agrees, evaluate, mark_cloze, split_blanks
from collectors.lm_eval_tasks.constraints import RULES, follows, mark_constraints


def read(kind: str, reply: object) -> str:
    return read_answers([[reply]], [{"kind": kind}])[0][0]


@pytest.mark.parametrize(
    ("reply", "letter"),
    [
        ("答案：B", "B"),
        ("分析：A 不对。\n答案：Ｂ。", "B"),
        ("因此答案是（Ｃ）。", "C"),
        ("**答案：D**", "D"),
        ("**答案**：C", "C"),
        ("答案：\n\nB", "B"),
        ("Answer: \\boxed{A}", "A"),
        ("The answer is (B).", "B"),
        ("答案选D", "D"),
        ("先说答案：A。再想想，答案：C", "C"),
        ("答案：B\n\n答案解析：略", "B"),
        ("最后一行只写“答案：X”。\n答案：B。理由：A错", "B"),
        ("答案：A. 农业生产工具", "A"),
        ("answer: b", "B"),
        ("B", "B"),
        ("故选：【D】", "D"),
        ("So A comes before B, and therefore C", "C"),
        ("Answer: I think B", "B"),
        ("答案：AC", ""),
        ("答案：A、C", ""),
        ("A和B都对", ""),
        ("我不知道。", ""),
        ("答案：", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_the_last_letter_given_as_answer_counts(reply, letter):
    assert read("letter", reply) == letter
    assert read_letters([[reply]], [{}]) == [[letter]]


@pytest.mark.parametrize(
    ("reply", "number"),
    [
        ("Answer: 42", "42"),
        ("12 and 30\nAnswer: **1,234.50**", "1234.5"),
        ("答案：１２３个", "123"),
        ("答案：−5", "-5"),
        ("Answer: $-7$", "-7"),
        ("Answer: 12 + 30 = 42 apples", "42"),
        ("Answer: 42 (since 6*8 = 48 minus 6)", "42"),
        ("Answer: 1,234,567.", "1234567"),
        ("The answer to step 1 is 5.\nSo 7 in all", "7"),
        ("she has 12 + 30 apples, which makes 42.", "42"),
        ("Final Answer:\n\n\\boxed{19}", "19"),
        ("Answer: 0.0", "0"),
        ("Answer: -0", "0"),
        ("Answer: 100", "100"),
        ("Answer: none", ""),
        ("", ""),
    ],
)
def test_numbers_are_read_in_one_spelling(reply, number):
    assert read("number", reply) == number


@pytest.mark.parametrize(
    ("kind", "reply", "answer"),
    [
        ("date", "Answer: 2024-5-1", "2024-05-01"),
        ("date", "2024-01-01 plus a month\n答案：2024年2月1日", "2024-02-01"),
        ("date", "Answer: May 1", ""),
        ("weekday", "Monday?\nAnswer: wednesday.", "Wednesday"),
        ("weekday", "答案：周三", "Wednesday"),
        ("weekday", "答案：星期天", "Sunday"),
        ("weekday", "答案：星期日", "Sunday"),
        ("weekday", "答案：星期", ""),
        ("numeral", "答案：一万零二百零三", "一万零二百零三"),
        ("numeral", "答案：**两千〇五**。", "二千零五"),
        ("numeral", "答案：一十二", "十二"),
        ("numeral", "答案：壹拾贰", "壹拾贰"),
        ("numeral", "答案：10203", ""),
    ],
)
def test_dates_weekdays_and_numerals_are_read_in_one_spelling(kind, reply, answer):
    assert read(kind, reply) == answer


@given(st.text(max_size=80), st.sampled_from(sorted(READERS)))
def test_reading_never_fails(reply, kind):
    assert isinstance(read(kind, reply), str)


@given(st.integers(-(10**9), 10**9))
def test_every_number_is_read_back(number):
    assert read("number", f"Say 17.\nAnswer: {number:,}") == str(number)


@pytest.mark.parametrize(
    ("answer", "solution"),
    [
        ("1/2", "$\\frac{1}{2}$"),
        ("0.5", "$\\frac{1}{2}$"),
        ("\\dfrac{\\sqrt2}{2}", "$\\frac{\\sqrt{2}}{2}$"),
        ("1/√2", "$\\frac{\\sqrt{2}}{2}$"),
        ("40√2π", "$40\\sqrt{2}\\pi$"),
        ("a = 2", "2"),
        ("x = -3/2", "$x=-\\frac{3}{2}$"),
        ("$5$；$10$", "$5$;$10$"),
        ("\\boxed{16}", "16"),
        ("①③④", "$\\textcircled{1}\\textcircled{3}\\textcircled{4}$"),
        ("[1/3, 3/2]", "$\\left[\\frac{1}{3},\\frac{3}{2}\\right]$"),
        ("90°", "$90^{\\circ}$"),
        ("(-∞, 2]", "$(-\\infty,2]$"),
    ],
)
def test_blanks_agree_by_value_or_spelling(answer, solution):
    assert agrees(answer, solution)
    assert mark_cloze({"answer": solution}, [f"推导：$x = 9$。\n**答案：{answer}**"]) == {"exact_match": 1.0}


@pytest.mark.parametrize(
    ("answer", "solution"),
    [
        ("", "2"),
        ("10;5", "$5$;$10$"),
        ("5", "$5$;$10$"),
        ("5;10;15", "$5$;$10$"),
        ("1/3", "$\\frac{1}{2}$"),
        ("x+y=0", "$2x+y+1=0$"),
        ("y=2", "$y=2x$"),
        ("1/0", "2"),
        ("(" * 400, "2"),
        ("9**9**9", "2"),
    ],
)
def test_blanks_that_differ_do_not_agree(answer, solution):
    assert not agrees(answer, solution)
    assert mark_cloze({"answer": solution}, [f"答案：{answer}"]) == {"exact_match": 0.0}
    assert mark_cloze({"answer": solution}, [None]) == {"exact_match": 0.0}


def test_only_plain_arithmetic_has_a_value():
    assert evaluate("3sqrt(2)/2") == pytest.approx(2.12132034356)
    assert evaluate("__import__('os')") is None
    assert evaluate("sqrt(-1)") is None
    assert split_blanks(" ; ") == []


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        ({"rule": "word_count", "n": 3}, "One - two, three.", "one two"),
        ({"rule": "min_words", "n": 3}, "one two three four", "one two"),
        ({"rule": "han_count", "n": 3}, "一二，三。ok 7", "一二"),
        ({"rule": "min_han", "n": 2}, "一二三", "一 two"),
        ({"rule": "line_count", "n": 2}, "a\n\n b", "a"),
        ({"rule": "words_per_line", "n": 2}, "a b\nc d", "a b\nc"),
        ({"rule": "han_per_line", "n": 2}, "一二，\n三四。", "一二\n三"),
        ({"rule": "words_staircase", "n": 3}, "a\nb c\nd e f", "a\nb c"),
        ({"rule": "han_staircase", "n": 2}, "一\n二三", "一二\n三"),
        ({"rule": "bullets", "n": 2}, "- a\n- b", "- a\n* b"),
        ({"rule": "starts_with", "word": "copper"}, "Copper wire", "A copper wire"),
        ({"rule": "ends_with", "word": "river"}, "To the River.", "river bank"),
        ({"rule": "without", "signs": ["e", ","]}, "a b", "A E"),
        ({"rule": "includes", "word": "music", "n": 2}, "Music, music", "music musical"),
        ({"rule": "includes", "word": "小路", "n": 1}, "一条小路。", "小路小路"),
        ({"rule": "upper"}, "ABC 1", "ABc"),
        ({"rule": "lower"}, "abc 1", "123"),
        ({"rule": "acrostic", "word": "tea"}, "- Two\nears\nare", "two\nears"),
        ({"rule": "acrostic", "word": "春天"}, "春来\n天暖", "春\n地"),
        ({"rule": "json_keys", "keys": ["a", "b"]}, '{"b": 1, "a": 2}', '```json\n{"a": 1, "b": 2}\n```'),
        ({"rule": "json_sum", "key": "a", "n": 2, "total": 5}, '{"a": [2, 3]}', '{"a": [3, 2]}'),
        ({"rule": "json_words", "key": "a", "n": 2}, '{"a": "two words"}', '{"a": 2}'),
    ],
)
def test_each_rule_holds_and_fails(check, good, bad):
    assert follows(good, [check])
    assert not follows(bad, [check])
    assert not follows(good, [check, {"rule": "word_count", "n": 999}])


@given(st.sampled_from(sorted(RULES)), st.sampled_from(["", " ", "\n\t", None]))
def test_an_empty_reply_follows_nothing(rule, reply):
    assert not follows(reply, [{"rule": rule}])
    assert mark_constraints({"checks": json.dumps([{"rule": rule}])}, [reply]) == {"followed": 0.0}


def test_no_checks_at_all_is_no_pass():
    assert not follows("text", [])


def test_every_rule_is_tried_above():
    tried = {mark.args[1][k][0]["rule"] for mark in test_each_rule_holds_and_fails.pytestmark for k in range(22)}
    assert tried == set(RULES)
