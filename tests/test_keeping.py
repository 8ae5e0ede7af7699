"""Answers are kept once per snapshot: asked by many at once, worked out by one; let go with the snapshot."""

import gc
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from dashboard import keeping
from dashboard.keeping import is_answered, keep_answers


class Held:
    """Stands for a snapshot, of which nothing but its identity is asked."""


def test_many_who_ask_at_once_wait_for_one_answer():
    asked, together = [], Barrier(8)

    @keep_answers
    def ask(snapshot, question):
        asked.append(question)
        time.sleep(0.05)  # lets the others in, if anything does
        return [question]

    def reader(_):
        together.wait()
        return ask(held, "gap")

    held = Held()
    with ThreadPoolExecutor(8) as readers:
        answers = list(readers.map(reader, range(8)))
    assert asked == ["gap"]
    assert all(answer is answers[0] for answer in answers)


def test_a_question_that_failed_is_asked_again():
    @keep_answers
    def ask(snapshot, outcomes):
        return outcomes.pop()()

    class Outcomes(list):
        __hash__ = object.__hash__

    held, outcomes = Held(), Outcomes([lambda: "answer", lambda: 1 / 0])
    with pytest.raises(ZeroDivisionError):
        ask(held, outcomes)
    assert not is_answered(ask, held, outcomes)
    assert ask(held, outcomes) == "answer"
    assert is_answered(ask, held, outcomes)


def test_the_oldest_answers_go_and_all_go_with_their_snapshot(monkeypatch):
    monkeypatch.setattr(keeping, "MAX_ANSWERS", 3)
    ask = keep_answers(lambda snapshot, number: number)
    held = Held()
    assert [ask(held, number) for number in range(5)] == list(range(5))
    assert [is_answered(ask, held, number) for number in range(5)] == [False, False, True, True, True]
    seen = weakref.ref(held)
    del held
    gc.collect()
    assert seen() is None
