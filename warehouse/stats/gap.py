"""The points gap between two records: frontier record minus domestic record, on the panel's scale.

Before: a `Panel`. After: points with standard error and intervals from joint draws in which the records are selected
anew. The best of several noisy scores is too high on average, more so in the cohort with more close contenders.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from warehouse.stats.bootstrap import Interval, take_interval
from warehouse.stats.lag import require_records
from warehouse.stats.match import POINT
from warehouse.stats.panel import Panel, count_day
from warehouse.stats.path import trace_path


@dataclass(frozen=True)
class RecordGap:
    """The difference of the records at one date; the rest is None without draws.

    `stderr` is the standard deviation over the draws, `share_domestic_leads` the share of them below zero.
    """

    as_of: date
    points: float
    stderr: float | None
    ci90: Interval | None
    ci95: Interval | None
    share_domestic_leads: float | None


def estimate_record_gap(panel: Panel, as_of: date) -> RecordGap:
    """Return frontier record - domestic record at `as_of`, in points of the scale.

    Raises:
        StatsError: a cohort has no model by `as_of`.
    """
    require_records(panel, as_of)
    points = trace_path(panel, np.array([count_day(as_of)]), POINT).points[:, 0]
    draws = points[1:][~np.isnan(points[1:])]
    return RecordGap(
        as_of=as_of,
        points=float(points[0]),
        stderr=float(np.std(draws, ddof=1)) if len(draws) > 1 else None,
        ci90=take_interval(draws, 0.90),
        ci95=take_interval(draws, 0.95),
        share_domestic_leads=float(np.mean(draws < 0)) if len(draws) else None,
    )
