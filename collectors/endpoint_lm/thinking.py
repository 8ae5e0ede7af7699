"""Separates what a model thought from what it answered, before anything is scored.

Before: the text of a message and, where the provider has one, its thinking field. After: the answer alone, the
thinking alone, and whether the thinking ever ended.
"""

from typing import NamedTuple

from collectors.endpoint_entries import Thinking

COMMON_MARKS = ("<think>", "</think>")


class Separated(NamedTuple):
    """A message taken apart; `is_closed` is False where the text ended in the middle of thinking."""

    answer: str
    thinking: str | None
    is_closed: bool = True


def separate_thinking(content: str, field: str | None, rule: Thinking | None) -> Separated:
    """Return `content` without its thinking.

    `field` is the text of the provider's thinking field. With marks in `rule`, every marked passage goes, closed or
    not, and so does what precedes a lone closing mark (the chat template then wrote the opening one). Without,
    only a passage in the common marks that opens the text goes: no answer begins so, while one about HTML may well
    hold such a mark further on.
    """
    if rule and rule.open and rule.close:
        parts = _split(content, rule.open, rule.close)
    elif content.lstrip().startswith(COMMON_MARKS[0]):
        parts = _split(content, *COMMON_MARKS, first_only=True)
    else:
        parts = Separated(content, None)
    thinking = "\n".join(text for text in (field, parts.thinking) if text and text.strip())
    return parts._replace(thinking=thinking or None)


def _split(text: str, open_mark: str, close_mark: str, first_only: bool = False) -> Separated:
    answer, thinking, rest = [], [], text
    before_close, close_found, after_close = text.partition(close_mark)
    if close_found and open_mark not in before_close:
        thinking.append(before_close)
        rest = after_close
    is_closed = True
    while open_mark in rest and is_closed and not (first_only and thinking):
        before, _, inner = rest.partition(open_mark)
        thought, close_found, rest = inner.partition(close_mark)
        answer.append(before)
        thinking.append(thought)
        is_closed = bool(close_found)
    plain = "".join([*answer, rest])
    # The blank lines around a passage belong to it: left in, they would meet a stop string such as "\n\n".
    return Separated(plain.lstrip() if thinking else plain, "\n".join(thinking), is_closed)
