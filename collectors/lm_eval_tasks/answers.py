"""Read an answer out of a reply."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def read_answers(replies: Iterable[Sequence[str]], docs: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Return the answer in each reply, read as its document's `kind`. An lm-eval `custom` filter."""
    return [[(re.findall(r"-?\d+", reply or "") or [""])[-1] for reply in repeats] for repeats in replies]
