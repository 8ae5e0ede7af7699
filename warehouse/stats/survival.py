"""The Kaplan-Meier estimator for durations of which some are only known to be longer than observed.

Before: durations and whether each ended. After: the survival curve, its median and that median's interval.
"""

from dataclasses import dataclass

import numpy as np

from warehouse.stats.bootstrap import Interval


@dataclass(frozen=True, eq=False)
class SurvivalCurve:
    """The survival function: S just after each time, with Greenwood's sum for the variance of log S."""

    times: np.ndarray
    survival: np.ndarray
    greenwood: np.ndarray


def estimate_survival(durations: np.ndarray, observed: np.ndarray) -> SurvivalCurve:
    """Return the Kaplan-Meier curve of (n,) durations, `observed` (n,) false where right-censored."""
    raise NotImplementedError


def take_median(curve: SurvivalCurve) -> float | None:
    """Return the first time at which survival is at most one half, or None where it never is."""
    raise NotImplementedError


def take_median_interval(curve: SurvivalCurve, level: float) -> Interval:
    """Return the median's log-log interval; a bound that is not reached is None."""
    raise NotImplementedError
