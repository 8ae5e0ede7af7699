"""Keep what pages ask on every rerun for as long as its snapshot is open.

Before: a function of a snapshot and a question that can be hashed. After: the same, which works each answer out once;
nobody may change what they are given.
"""

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from dashboard.i18n import get_language
from warehouse import read

MAX_ANSWERS = 400
"""Per snapshot: all that pages open with in both languages, and the last of what readers compose."""


class _Answer:
    """What one question was answered with, once `is_known`; `lock` is held by who works it out."""

    def __init__(self):
        self.lock, self.is_known, self.value = Lock(), False, None


_answers: WeakKeyDictionary[read.Snapshot, dict[tuple, _Answer]] = WeakKeyDictionary()


def keep_answers(ask: Callable) -> Callable:
    """Let `ask(snapshot, ...)` answer each question once per snapshot, however many ask it at the same time.

    A newly published snapshot finds all readers asking: the first works it out, the others wait for that.
    """

    @wraps(ask)
    def answer(snapshot: read.Snapshot, *question: object, **named: object) -> Any:
        answers = _answers.setdefault(snapshot, {})
        kept = answers.setdefault(_name_question(ask, question, named), _Answer())
        with kept.lock:
            if not kept.is_known:
                kept.value = ask(snapshot, *question, **named)
                kept.is_known = True
                for oldest in list(answers)[:-MAX_ANSWERS]:
                    answers.pop(oldest, None)
        return kept.value

    return answer


def is_answered(ask: Callable, snapshot: read.Snapshot, *question: object) -> bool:
    """Return whether the answer of `ask(snapshot, ...)` is kept already, so that nobody has to wait for it."""
    kept = _answers.get(snapshot, {}).get(_name_question(ask, question, {}))
    return kept is not None and kept.is_known


def _name_question(ask: Callable, question: tuple[object, ...], named: dict[str, object]) -> tuple:
    return (ask.__module__, ask.__name__, get_language(), question, tuple(sorted(named.items())))
