"""Simple word problems by cue words, for the calculator baseline.

Before: a story told in a few clauses with numbers. After: a running total, changed clause by clause as the cue words
say (buys adds, gives away subtracts, each multiplies, shared equally divides); None where there is nothing to reckon.
Longer stories come out wrong: that is what a baseline is for.
"""

import re
from fractions import Fraction

from collectors.embedded.expressions import write_value

MAX_NUMBERS = 12
_CLAUSES = re.compile(r"[,;.?!，。；？！]\s*|\b(?:and then|then|and)\b")
_NUMBER = re.compile(r"(?<![\d.A-Za-z])\d+(?:\.\d+)?(?![\d%])")
_ASKS = re.compile(r"how (?:many|much|old)|what is|多少|几", re.I)
_LESS = re.compile(
    r"\b(?:giv\w+|gave|eat\w*|ate|sell\w*|sold|los\w+|us\w+|spen\w+|away|leav\w+|tak\w+|sent|broke\w*|fewer|less)\b"
    r"|送|卖|吃|用掉|花|丢|拿走|发出|减|少了|漏",
    re.I,
)
_EACH = re.compile(r"\beach\b|\bper\b|\bevery\b|每|各", re.I)
_SHARE = re.compile(r"\b(?:shared equally|split|divided)\b|平均|平分", re.I)
_TWICE = re.compile(r"\btogether\b|\baltogether\b|两人一共|一共", re.I)
_COMPARED = re.compile(r"\d+ more \w+ than|比\w+多\d+", re.I)


def solve_story(question: str) -> tuple[str, str] | None:
    """Return the working and the running total of a story of two to twelve numbers."""
    numbers = _NUMBER.findall(question)
    if not 2 <= len(numbers) <= MAX_NUMBERS or not _ASKS.search(question):
        return None
    total, working = None, ""
    for clause in _CLAUSES.split(question):
        values = [Fraction(value) for value in _NUMBER.findall(clause)]
        if not values:
            continue
        if total is None:
            total, working = _begin(values, clause)
            continue
        value = _multiply(values, clause)
        if _SHARE.search(clause) and value:
            total, working = total / value, f"({working}) / {write_value(value)}"
        elif _COMPARED.search(clause) and _TWICE.search(question):
            total, working = 2 * total + value, f"2 * {working} + {write_value(value)}"
        else:
            sign = "-" if _LESS.search(clause) else "+"
            total, working = (total - value if sign == "-" else total + value), f"{working} {sign} {write_value(value)}"
    if total is None or not re.search(r"[-+*/]", working):
        return None
    return f"{working} = {write_value(total)}", write_value(total)


def _begin(values: list[Fraction], clause: str) -> tuple[Fraction, str]:
    """Return the total after the first clause with numbers; it may say at once by how many it is shared."""
    if _SHARE.search(clause) and len(values) == 2 and values[1]:
        return values[0] / values[1], f"{write_value(values[0])} / {write_value(values[1])}"
    value = _multiply(values, clause)
    return value, " * ".join(map(write_value, values)) if value != values[0] else write_value(value)


def _multiply(values: list[Fraction], clause: str) -> Fraction:
    """Return the product of two numbers of which one is said of each; else the first number."""
    return values[0] * values[1] if len(values) == 2 and _EACH.search(clause) else values[0]
