"""Records: the running best of a cohort by release date, set at most once a day by the day's best model.

Before: a `Panel`. After: for the scores and for every draw, which models set the record, when, and at what score.
"""

from dataclasses import dataclass
from datetime import date

from warehouse.stats.panel import Cohort, Panel


@dataclass(frozen=True)
class RecordStep:
    """One record: the model that set it, when it was released and its score."""

    model: str
    released: date
    score: float


def list_records(panel: Panel, cohort: Cohort, as_of: date | None = None) -> list[RecordStep]:
    """Return the records of a cohort in order of release, those by `as_of` only where it is given."""
    raise NotImplementedError


def find_record(panel: Panel, cohort: Cohort, as_of: date) -> RecordStep | None:
    """Return the record that stands at `as_of`, or None where the cohort has no model by then."""
    raise NotImplementedError
