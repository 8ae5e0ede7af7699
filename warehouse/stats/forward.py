"""Forward lag: how long each frontier record waited for its first domestic match.

Before: a `Panel` and a match rule. After: one wait a record, right-censored where unmatched, and their
Kaplan-Meier median; never the mean of the matched alone.
"""

from dataclasses import dataclass
from datetime import date

from warehouse.stats.bootstrap import Interval
from warehouse.stats.match import POINT, MatchRule
from warehouse.stats.panel import Panel
from warehouse.stats.records import RecordStep


@dataclass(frozen=True)
class Wait:
    """One frontier record's wait: months to its first domestic match, a lower bound where `matched` is None."""

    target: RecordStep
    matched: RecordStep | None
    months: float

    @property
    def observed(self) -> bool:
        """Return whether the match happened by the as-of date."""
        return self.matched is not None


@dataclass(frozen=True)
class ForwardLag:
    """All waits and their Kaplan-Meier median; a median is None where half of the records are not yet matched.

    `ci90`, `ci95` come from the draws (None without); `km_ci95` is the Kaplan-Meier log-log interval, which takes the
    scores as exact and the waits as independent.
    """

    as_of: date
    match_rule: str
    km_median_months: float | None
    matched: int
    total: int
    oldest_unmatched_months: float | None
    waits: tuple[Wait, ...]
    km_ci95: Interval
    ci90: Interval | None
    ci95: Interval | None
    share_undefined: float | None


def estimate_forward_lag(panel: Panel, as_of: date, rule: MatchRule = POINT, since: date | None = None) -> ForwardLag:
    """Return the waits of the frontier records released from `since` to `as_of`, with their Kaplan-Meier median."""
    raise NotImplementedError
