"""The points gap between two records: frontier record minus domestic record, on the panel's scale.

Before: a `Panel`. After: points with standard error and intervals from joint draws.
"""

from dataclasses import dataclass
from datetime import date

from warehouse.stats.bootstrap import Interval
from warehouse.stats.panel import Panel


@dataclass(frozen=True)
class RecordGap:
    """The difference of the records at one date; stderr and intervals are None without draws."""

    as_of: date
    points: float
    stderr: float | None
    ci90: Interval | None
    ci95: Interval | None
    share_domestic_leads: float | None


def estimate_record_gap(panel: Panel, as_of: date) -> RecordGap:
    """Return frontier record - domestic record at `as_of`; StatsError where a cohort has no model by then."""
    raise NotImplementedError
