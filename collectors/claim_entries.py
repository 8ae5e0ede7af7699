"""What claims.yaml and cohorts.yaml may say: public statements on the gap, how each is checked, and named cohorts.

Before: plain mappings read from YAML. After: typed entries; a claim's checks say in figures what its words mean, so
that the warehouse can hold them against the data.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from collectors.entries import Entry, EntryId, Link, ModelId, Name, NonNegative, Text

Quantity = Literal[
    "standing_lag", "record_lag", "forward_lag", "points", "position", "comparison", "count", "none"
]  # fmt: skip
Take = Literal["value", "mean", "median", "least", "greatest", "change", "closest"]
Side = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._+/-]*$", max_length=200)]
Number = Annotated[float, Field(allow_inf_nan=False)]
ScaleName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._:-]*$", max_length=200)]


class Check(Entry):
    """One thing that a claim says, as a figure: what to measure, on which scale and day, and what range was claimed.

    `of` is whose distance is asked for and `against` what it is held against: a cohort, or a model's id. Lags are in
    months, points in those of the scale (percentage points, rating points, index points), positive where `of` is
    behind; a comparison of two models is positive where `of` is ahead; a position is 0 at `against` and 1 at `upper`.

    `day`: the one spoken of, by default the claim's; `latest` for what was then still to come. `since` opens a period
    that ends on it, of which `take` says what counts. `low`, `high`: the range claimed, by default the claim's own
    values; without one of them it is open. `rounding`: half the step of the claimed number. `percent`: the claim is a
    share of the rating of `of`. `from_claim`: a wait is counted from the claim, not from the release of `against`.
    `reading`: how the words were read where they leave a choice. `reason`: why there is nothing to measure.
    """

    quantity: Quantity
    index: ScaleName | None = None
    domain: EntryId | None = None
    benchmark: ScaleName | None = None
    of: Side = "domestic"
    against: Side = "frontier"
    upper: ModelId | None = None
    day: date | Literal["latest"] | None = None
    since: date | None = None
    take: Take = "value"
    low: Number | None = None
    high: Number | None = None
    rounding: NonNegative = 0.0
    percent: bool = False
    from_claim: bool = False
    count: EntryId | None = None
    reading: Text | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Check":
        if sum(name is not None for name in (self.index, self.domain, self.benchmark)) > 1:
            raise ValueError("give one of 'index', 'domain' and 'benchmark'")
        if (self.quantity == "none") != (self.reason is not None):
            raise ValueError("'reason' goes with quantity 'none', and with no other")
        if (self.quantity == "position") != (self.upper is not None):
            raise ValueError("'upper' goes with quantity 'position', and with no other")
        if (self.quantity == "count") != (self.count is not None):
            raise ValueError("'count' goes with quantity 'count', and with no other")
        if self.quantity == "comparison" and not ("/" in self.of and "/" in self.against):
            raise ValueError("a comparison is between two models: give both in 'of' and 'against'")
        if self.take in ("mean", "closest", "change") and self.since is None:
            raise ValueError(f"'take: {self.take}' needs 'since'")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("'low' must not be above 'high'")
        return self

    @property
    def models(self) -> tuple[str, ...]:
        """Return the ids of the models that the check names."""
        return tuple(name for name in (self.of, self.against, self.upper) if name and "/" in name)


def _wrap(value: object) -> object:
    return [value] if isinstance(value, dict) else value


class Claim(Entry):
    """A public statement on the gap: who said what when, and the figures a checker holds against the data.

    `value_low` and `value_high` are in `unit`; None where the statement gives no number. `check` is one check, or a
    list of them where the statement says several things; all must hold for it to be supported.
    """

    id: EntryId
    statement: Text
    claimant: Text
    claim_date: date
    metric: str
    value_low: float | None = None
    value_high: float | None = None
    unit: str | None = None
    as_of: str | None = None
    domain: EntryId
    subjects: tuple[ModelId, ...] = ()
    source: Link
    source_kind: Literal["primary", "secondary"]
    date_note: Text | None = None
    check: Annotated[tuple[Check, ...], BeforeValidator(_wrap)] = ()


class NamedCohort(Entry):
    """A cohort with a name to show: `terms` are joined by '+', as on the command line."""

    id: EntryId
    name: Name
    terms: Annotated[str, Field(min_length=1)]
