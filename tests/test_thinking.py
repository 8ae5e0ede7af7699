"""Thinking goes before scoring, and nothing but thinking goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.endpoint_entries import Thinking
from collectors.endpoint_lm.thinking import separate_thinking

MARKS = Thinking(open="<think>", close="</think>")
FIELD = Thinking(field="reasoning_content")
PLAIN = st.text(st.characters(exclude_characters="<>", exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("content", "answer", "thinking", "is_closed"),
    [
        ("42", "42", None, True),
        ("<think>six sevens</think>\n\n42", "42", "six sevens", True),
        ("  <think>a</think>42", "42", "a", True),
        ("<think>\n\n</think>\n\n42", "42", None, True),
        ("<think>six sevens", "", "six sevens", False),
        ("six sevens</think>42", "42", "six sevens", True),
        ("Well. <think>a</think>It is <think>b</think>42", "Well. It is 42", "a\nb", True),
        ("41 <think>no,", "41 ", "no,", False),
        ("a</think>b<think>c</think>42", "b42", "a\nc", True),
        ("", "", None, True),
    ],
)
def test_registered_marks(content, answer, thinking, is_closed):
    assert separate_thinking(content, None, MARKS) == (answer, thinking, is_closed)


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ("<think>a</think>42", "42"),
        ("<think>a</think>The tag <think> is not HTML</think>", "The tag <think> is not HTML</think>"),
        ("The tag </think> closes <think>.", "The tag </think> closes <think>."),
    ],
)
def test_without_a_rule_only_an_opening_passage_goes(content, answer):
    assert separate_thinking(content, None, None).answer == answer
    assert separate_thinking(content, None, FIELD).answer == answer


def test_other_marks():
    rule = Thinking(open="◁think▷", close="◁/think▷")
    assert separate_thinking("◁think▷想◁/think▷42", None, rule) == ("42", "想", True)
    assert separate_thinking("<seed>", None, rule).answer == "<seed>"


def test_the_field_comes_first():
    assert separate_thinking("<think>b</think>42", "a", None) == ("42", "a\nb", True)
    assert separate_thinking("42", " \n", FIELD).thinking is None


@given(PLAIN, st.sampled_from([None, MARKS, FIELD]))
def test_text_without_marks_is_untouched(text, rule):
    assert separate_thinking(text, None, rule) == (text, None, True)


@given(st.lists(st.tuples(PLAIN, PLAIN), min_size=1, max_size=5), PLAIN)
def test_no_plain_text_is_lost(passages, tail):
    content = "".join(f"{plain}<think>{thought}</think>" for plain, thought in passages) + tail
    answer, thinking, is_closed = separate_thinking(content, None, MARKS)
    assert is_closed
    assert answer == ("".join(plain for plain, _ in passages) + tail).lstrip()
    assert (thinking or "").split() == "\n".join(thought for _, thought in passages).split()


@given(st.text(max_size=60), st.sampled_from([None, MARKS, FIELD]))
def test_any_text_is_taken_apart(content, rule):
    for text in (content, content.replace("a", "<think>").replace("b", "</think>")):
        answer, thinking, _ = separate_thinking(text, None, rule)
        kept = len(answer.strip()) + len((thinking or "").replace("\n", "").strip())
        assert kept <= len(text)
