"""Keep what pages ask on every rerun for as long as its snapshot is open.

Before: a function of a snapshot and a question that can be hashed. After: the same, which works each answer out once;
nobody may change what they are given.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from dashboard.i18n import get_language
from warehouse import read

MAX_ANSWERS = 400
"""Per snapshot: all that pages open with in both languages, and the last of what readers compose."""

_answers: WeakKeyDictionary[read.Snapshot, dict[tuple, Any]] = WeakKeyDictionary()


def keep_answers(ask: Callable) -> Callable:
    """Let `ask(snapshot, ...)` answer each question once per snapshot; two threads may both ask, and agree."""

    @wraps(ask)
    def answer(snapshot: read.Snapshot, *question: object, **named: object) -> Any:
        answers = _answers.setdefault(snapshot, {})
        key = _name_question(ask, question, named)
        if key not in answers:
            answers[key] = ask(snapshot, *question, **named)
            for oldest in list(answers)[:-MAX_ANSWERS]:
                answers.pop(oldest, None)
        return answers[key]

    return answer


def is_answered(ask: Callable, snapshot: read.Snapshot, *question: object) -> bool:
    """Return whether the answer of `ask(snapshot, ...)` is kept already, so that nobody has to wait for it."""
    return _name_question(ask, question, {}) in _answers.get(snapshot, {})


def _name_question(ask: Callable, question: tuple[object, ...], named: dict[str, object]) -> tuple:
    return (ask.__module__, ask.__name__, get_language(), question, tuple(sorted(named.items())))
