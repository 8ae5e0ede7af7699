"""Guards: why a gap or lag must not be shown as a number.

Before: a `Panel`, the scale's floor and ceiling, and how well each model is covered. After: the reasons, if any.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from warehouse.stats.panel import Cohort, Panel

Code = Literal["no_models", "saturated", "near_chance", "few_records", "stale", "lopsided"]


@dataclass(frozen=True)
class Guard:
    """One reason not to show a number; `bloc` is the cohort at fault, None where it is neither alone.

    `is_fatal`: there is no number at all, so that even `--no-guards` has none to show.
    """

    code: Code
    message: str
    bloc: Cohort | None = None
    is_fatal: bool = False


def check_guards(
    panel: Panel,
    as_of: date,
    chance_floor: float | None = None,
    ceiling: float | None = None,
    n_benchmarks: np.ndarray | None = None,
) -> list[Guard]:
    """Return every guard that fires at `as_of`, worst first; empty where the number may be shown.

    Args:
        panel: the models and scores.
        as_of: the date; models released later do not count.
        chance_floor: the score of guessing, None where the scale has none (an index, a rating).
        ceiling: the highest possible score, None where the scale has none.
        n_benchmarks: (n,) how many benchmarks each model's score rests on, for an index; None for one benchmark.
    """
    raise NotImplementedError
