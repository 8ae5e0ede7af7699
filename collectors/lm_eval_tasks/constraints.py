"""Check whether a reply follows the constraints that its instruction named, each by a rule of a few lines.

Before: a reply, and the constraints as JSON: `[{"rule": "word_count", "n": 12}, …]`. After: 1.0 where all hold, else
0.0. An empty reply follows nothing.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

_HAN = re.compile(r"[\u4e00-\u9fff]")
_CLOSING = " \n.。!！?？\"'”’*"


def mark_constraints(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Return the metric `followed` of one reply. The `process_results` of the instruction tasks."""
    return {"followed": float(follows(results[0], json.loads(doc["checks"])))}


def follows(reply: object, checks: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether `reply` has text and every check holds. A check without a rule is an error, never passed over."""
    text = reply.strip() if isinstance(reply, str) else ""
    if not text or not checks:
        return False
    return all(RULES[check["rule"]](text, **{k: v for k, v in check.items() if k != "rule"}) for check in checks)


def count_words(text: str) -> int:
    """Return the number of words: stretches between blanks that hold a letter or digit."""
    return sum(any(sign.isalnum() for sign in part) for part in text.split())


def split_lines(text: str) -> list[str]:
    """Return the lines that hold more than blanks, stripped."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def count_han(text: str) -> int:
    """Return the number of Chinese characters; signs, digits and Latin letters do not count."""
    return len(_HAN.findall(text))


def _count_of(text: str, word: str) -> int:
    if _HAN.search(word):
        return text.count(word)
    return len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.I))


def _first_signs(text: str) -> str:
    return "".join(next((sign for sign in line if sign.isalnum()), "") for line in split_lines(text))


def _read_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _is_sum(text: str, key: str, n: int, total: int) -> bool:
    values = _read_object(text).get(key)
    if not isinstance(values, list) or len(values) != n or not all(type(value) is int for value in values):
        return False
    return sum(values) == total and all(a < b for a, b in pairwise(values))


def _has_words(text: str, key: str, n: int) -> bool:
    value = _read_object(text).get(key)
    return isinstance(value, str) and (count_han(value) if _HAN.search(value) else count_words(value)) == n


RULES: Mapping[str, Callable[..., bool]] = {
    "word_count": lambda text, n: count_words(text) == n,
    "han_count": lambda text, n: count_han(text) == n,
    "min_words": lambda text, n: count_words(text) >= n,
    "min_han": lambda text, n: count_han(text) >= n,
    "line_count": lambda text, n: len(split_lines(text)) == n,
    "words_per_line": lambda text, n: all(count_words(line) == n for line in split_lines(text)),
    "han_per_line": lambda text, n: all(count_han(line) == n for line in split_lines(text)),
    "words_staircase": lambda text, n: [count_words(line) for line in split_lines(text)] == list(range(1, n + 1)),
    "han_staircase": lambda text, n: [count_han(line) for line in split_lines(text)] == list(range(1, n + 1)),
    "bullets": lambda text, n: len(split_lines(text)) == n and all(ln.startswith("- ") for ln in split_lines(text)),
    "starts_with": lambda text, word: text.casefold().startswith(word.casefold()),
    "ends_with": lambda text, word: text.rstrip(_CLOSING).casefold().endswith(word.casefold()),
    "without": lambda text, signs: not any(sign.casefold() in text.casefold() for sign in signs),
    "includes": lambda text, word, n: _count_of(text, word) == n,
    "upper": lambda text: text == text.upper() and text != text.lower(),
    "lower": lambda text: text == text.lower() and text != text.upper(),
    "acrostic": lambda text, word: _first_signs(text).casefold() == word.casefold(),
    "json_keys": lambda text, keys: sorted(_read_object(text)) == sorted(keys),
    "json_sum": _is_sum,
    "json_words": _has_words,
}
"""What each rule asks of the stripped reply. Words end at blanks; case counts only for `upper` and `lower`."""
