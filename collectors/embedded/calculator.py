"""The calculator baseline: solves what plain rules and arithmetic can. It is no language model and never guesses.

Before: a prompt. After: a reply that shows the sum it did and ends with its value; or one that says that no rule fits.
It knows nothing of how our test items are made, and reads a prompt as it would anybody's.
"""

import re
from collections.abc import Callable

from collectors.embedded.dates import solve_date
from collectors.embedded.expressions import solve_expression
from collectors.embedded.numerals import solve_numeral
from collectors.embedded.stories import solve_story

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_FORMAT = re.compile(r"answer\s*[:：]|答案\s*[:：]|最后一行", re.I)

MAX_QUESTION = 4_000
"""In characters."""
RULES: tuple[Callable[[str], tuple[str, str] | None], ...] = (solve_date, solve_numeral, solve_expression, solve_story)
"""Tried in this order; each returns the working and the value, or None where it does not fit."""


def answer_by_rules(prompt: str) -> str:
    """Return the first rule's working and, on the last line, its value; without one, that none fits."""
    chinese = _CHINESE.search(prompt) is not None
    question = strip_format(prompt)
    # A listing is to be run, not summed; and the rules' patterns take quadratic time on long texts.
    rules = () if "```" in question or len(question) > MAX_QUESTION else RULES
    solved = next((found for rule in rules if (found := rule(question))), None)
    if solved is None:
        return "没有适用的计算规则。\n答案：无" if chinese else "No rule fits.\nAnswer: none"
    working, value = solved
    return f"{working}\n{'答案：' if chinese else 'Answer: '}{value}"


def strip_format(prompt: str) -> str:
    """Return a prompt without the sentences and lines that only say how to write the answer."""
    lines = []
    for line in prompt.splitlines():
        parts = re.split(r"(?<=[.。?？!！])(?=\s|[\u4e00-\u9fff])", line)
        lines.append("".join(part for part in parts if not _FORMAT.search(part)))
    return "\n".join(line for line in lines if line.strip())
