"""What a generated item is, and how a set of them is drawn.

Before: a generator's rule for one item. After: a set of distinct items, graded easy, medium, hard in turn, so that
the first k of a set are graded alike; as an lm-eval data set where lm-eval asks for one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from collectors.errors import UsageError

if TYPE_CHECKING:
    from datasets import Dataset

Language = Literal["en", "zh"]
Level = Literal["easy", "medium", "hard"]
LEVELS: tuple[Level, ...] = ("easy", "medium", "hard")
MAX_REDRAWS = 200
_EDITION = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Item:
    """One question. `kind` says how its answer is read (`collectors.lm_eval_tasks.answers`); `checks` is for
    instructions only: the constraints as JSON, `answer` then being one text that meets them.
    """

    question: str
    answer: str
    kind: Literal["number", "date", "weekday", "letter", "numeral", "constraints"]
    level: Level
    checks: str = ""


ENDINGS: Mapping[str, Mapping[Language, str]] = {
    "number": {
        "en": "Work it out, then end with a last line of the form 'Answer: X', where X is a number in digits.",
        "zh": "请先推算，最后一行只写“答案：X”，X 是用阿拉伯数字写的数。",
    },
    "date": {
        "en": "Work it out, then end with a last line of the form 'Answer: YYYY-MM-DD'.",
        "zh": "请先推算，最后一行只写“答案：YYYY-MM-DD”。",
    },
    "weekday": {
        "en": "Work it out, then end with a last line of the form 'Answer: X', where X is a day of the week.",
        "zh": "请先推算，最后一行只写“答案：星期X”。",
    },
    "letter": {
        "en": "Work it out, then end with a last line of the form 'Answer: X', where X is the letter of one option.",
        "zh": "请先推理，最后一行只写“答案：X”，X 是一个选项的字母。",
    },
    "numeral": {
        "en": "End with a last line of the form 'Answer: X', where X is written in Chinese numerals.",
        "zh": "最后一行只写“答案：X”，X 用中文数字写。",
    },
}
"""How each kind of question asks for its answer, so that `collectors.lm_eval_tasks.answers` can read it."""

Maker = Callable[[Random, Level, Language], Item]


def pose(question: str, answer: object, kind: str, level: Level, language: Language) -> Item:
    """Return an item that asks `question` and says how to end the reply."""
    return Item(f"{question}\n\n{ENDINGS[kind][language]}", str(answer), kind, level)


def draw_items(task: str, edition: str, language: Language, n: int, make: Maker) -> list[Item]:
    """Return `n` distinct items, each drawn with a seed of its own from task, edition and place.

    The language is no part of the seed: item k asks the same in both, unless a redraw parted them.
    Raises UsageError where `edition` is not a year and month.
    """
    if not _EDITION.fullmatch(edition):
        raise UsageError(f"generators: an edition is a year and month; got {edition!r}. Write it like 2025-12.")
    items, seen = [], set()
    for place in range(n):
        for attempt in range(MAX_REDRAWS):
            item = make(Random(f"{task}/{edition}/{place}/{attempt}"), LEVELS[place % len(LEVELS)], language)
            if item.question not in seen:
                break
        else:
            raise UsageError(f"generators: {task} has too few distinct items; got {n} asked for. Ask for fewer.")
        seen.add(item.question)
        items.append(item)
    return items


def load_items(generator: str, language: Language, n: int, edition: str, **_: Any) -> "dict[str, Dataset]":
    """Return a generator's items as the split `test`. This is the `custom_dataset` of the generated lm-eval tasks."""
    from datasets import Dataset

    items = import_module(f"collectors.generators.{generator}").generate(edition, language, n)
    return {"test": Dataset.from_list([asdict(item) for item in items])}
