"""The Kaplan-Meier estimator for durations of which some are only known to be longer than observed.

Before: durations and whether each ended. After: the survival curve, its median and that median's interval.

    S(t)  = product over ended times t_i <= t of (1 - d_i / n_i),   n_i still waiting just before t_i, d_i ended at it
    G(t)  = sum over the same times of d_i / (n_i (n_i - d_i)),     Greenwood: Var S(t) = S(t)^2 G(t)
    log-log interval of S(t):  S(t) ^ exp(+-z sqrt(G(t)) / log S(t))

Durations may be negative (a record matched before it was set); only their order matters. A duration censored at a time
at which others end counts as still waiting then.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from warehouse.stats.bootstrap import Interval
from warehouse.stats.panel import StatsError


@dataclass(frozen=True, eq=False)
class SurvivalCurve:
    """The survival function at the times at which a duration ended: S from that time on, and Greenwood's sum G."""

    times: np.ndarray
    survival: np.ndarray
    greenwood: np.ndarray


def estimate_survival(durations: np.ndarray, observed: np.ndarray) -> SurvivalCurve:
    """Return the Kaplan-Meier curve of (n,) finite durations; `observed` (n,) is false where right-censored.

    Assumes that what is censored would have gone on like the rest (censoring tells nothing about the duration).
    """
    durations, observed = np.asarray(durations, dtype=float), np.asarray(observed, dtype=bool)
    if not len(durations) or durations.shape != observed.shape or not np.isfinite(durations).all():
        raise StatsError(f"survival: finite durations, each with its mark, are needed; got {durations}. Leave gaps out")
    times, ended = np.unique(durations[observed], return_counts=True)
    waiting = len(durations) - np.searchsorted(np.sort(durations), times, side="left")
    left = waiting - ended
    greenwood = np.cumsum(np.divide(ended, waiting * left, out=np.full(len(times), np.inf), where=left > 0))
    return SurvivalCurve(times=times, survival=np.cumprod(left / waiting), greenwood=greenwood)


def take_median(curve: SurvivalCurve) -> float | None:
    """Return the first time at which survival is at most one half, or None where it never is."""
    return _find_crossing(curve.times, curve.survival)


def take_median_interval(curve: SurvivalCurve, level: float) -> Interval:
    """Return the times at which the log-log bounds of survival cross one half (Brookmeyer and Crowley).

    A bound that never crosses is None: the median may be that late, or even later, as far as the data tell.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    lower, upper = _bound_survival(curve, z), _bound_survival(curve, -z)
    return Interval(_find_crossing(curve.times, lower), _find_crossing(curve.times, upper), level)


def _bound_survival(curve: SurvivalCurve, z: float) -> np.ndarray:
    """Return S ^ exp(-z sqrt(G) / log S), below S for z > 0; 0 where nothing is left."""
    inside = (curve.survival > 0) & (curve.survival < 1)
    bound = curve.survival.copy()
    logs = np.log(curve.survival[inside])
    bound[inside] = np.exp(logs * np.exp(-z * np.sqrt(curve.greenwood[inside]) / logs))
    return bound


def _find_crossing(times: np.ndarray, survival: np.ndarray) -> float | None:
    below = np.flatnonzero(survival <= 0.5 + 1e-12)
    return float(times[below[0]]) if len(below) else None
