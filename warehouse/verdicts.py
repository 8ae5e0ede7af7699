"""The rule by which a claimed range is held against a measured figure.

Before: a `Finding`: a figure with its interval, and the range that was claimed. After: supported, contradicted or
undetermined, always with the reason in words. docs/methods.md states the rule; nothing else decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np

from warehouse.phrases import Phrase
from warehouse.stats.bootstrap import Interval, take_interval

Word = Literal["supported", "contradicted", "undetermined"]
LEVEL = 0.90
MIN_SHARE = 0.5


@dataclass(frozen=True)
class Span:
    """A closed range; a side that is None is open."""

    low: float | None
    high: float | None

    def holds(self, value: float) -> bool:
        """Return whether a value lies in the range."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def meets(self, low: float | None, high: float | None) -> bool:
        """Return whether an interval, open where a bound is None, has a value in common with the range."""
        below = high is not None and self.low is not None and high < self.low
        above = low is not None and self.high is not None and low > self.high
        return not (below or above)

    def widen(self, by: float) -> "Span":
        """Return the range widened on both sides."""
        return Span(None if self.low is None else self.low - by, None if self.high is None else self.high + by)


@dataclass(frozen=True, eq=False)
class Reading:
    """A figure with its joint draws, or with the range that published figures allow (`bounds`), or with neither.

    `value` is infinite for a wait that is still open; `elapsed` is then how long it has lasted. `kind` says in words
    what the interval is.
    """

    value: float
    draws: np.ndarray | None = None
    bounds: Interval | None = None
    kind: str = Phrase("90% interval")
    elapsed: float | None = None
    label: str = ""

    @property
    def interval(self) -> Interval | None:
        """Return the 90% interval of the draws, else the range of published figures."""
        if self.draws is None or not np.any(~np.isnan(self.draws)):
            return self.bounds
        return take_interval(self.draws, LEVEL)

    def share_within(self, span: Span) -> float | None:
        """Return the share of the defined draws in a range, or None without draws."""
        if self.draws is None:
            return None
        defined = self.draws[~np.isnan(self.draws)]
        return float(np.mean([span.holds(value) for value in defined])) if len(defined) else None


@dataclass(frozen=True, eq=False)
class Finding:
    """What was measured for one check in one view, and what stands in the way of a verdict.

    `allowed` is the claimed range widened by its rounding or by what counts as no gap. `others` are the readings that
    must exclude it too before it is contradicted. `blocked` says why no verdict is possible, `gap_in_evidence` why the
    evidence is too incomplete to contradict.
    """

    as_of: date
    unit: str
    claimed: Span
    allowed: Span
    reading: Reading | None = None
    others: tuple[Reading, ...] = ()
    scale: str | None = None
    match_rule: str | None = None
    blocked: str | None = None
    gap_in_evidence: str | None = None
    context: dict = field(default_factory=dict)
    models: tuple[dict, ...] = ()
    guards: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def judge(finding: Finding) -> tuple[Word, str]:
    """Return the verdict on one check and the reason for it."""
    reading, allowed = finding.reading, finding.allowed
    if finding.blocked or reading is None or np.isnan(reading.value):
        return "undetermined", finding.blocked or Phrase("nothing was measured")
    if allowed.holds(reading.value):
        share = reading.share_within(allowed)
        if share is not None and share < MIN_SHARE:
            return "undetermined", Phrase(
                "the figure lies in the claimed range, but only {share:.0%} of the draws do", share=share
            )
        return "supported", Phrase("the figure lies in the claimed range")
    if np.isinf(reading.value) and (reading.elapsed or 0.0) <= (np.inf if allowed.high is None else allowed.high):
        return "undetermined", Phrase("not matched so far, and the claimed time is not over")
    return _judge_outside(finding, reading)


def combine(verdicts: Sequence[tuple[Word, str]]) -> tuple[Word, str, int]:
    """Return the verdict on a statement of several parts, its reason, and which part decides.

    Contradicted where any part is; supported only where all are.
    """
    for word in ("contradicted", "undetermined"):
        for place, (verdict, reason) in enumerate(verdicts):
            if verdict == word:
                return word, reason, place
    return "supported", verdicts[0][1], 0


def _judge_outside(finding: Finding, reading: Reading) -> tuple[Word, str]:
    interval = _bound(reading)
    if interval is None:
        return "undetermined", Phrase("the figure lies outside the claimed range, and no interval is known")
    if finding.allowed.meets(*interval):
        return "undetermined", Phrase(
            "the figure lies outside the claimed range, but its {interval} reaches into it", interval=reading.kind
        )
    for other in finding.others:
        bounds = _bound(other)
        if finding.allowed.holds(other.value) or (bounds is not None and finding.allowed.meets(*bounds)):
            return "undetermined", Phrase("outside the claimed range, but not {label}", label=other.label)
    if finding.gap_in_evidence:
        return "undetermined", Phrase("outside the claimed range, but {gap}", gap=finding.gap_in_evidence)
    return "contradicted", Phrase("the figure and its {interval} lie outside the claimed range", interval=reading.kind)


def _bound(reading: Reading) -> tuple[float | None, float | None] | None:
    """Return the interval's ends; those of an open wait begin where it stands now."""
    interval = reading.interval
    if np.isinf(reading.value):
        elapsed = reading.elapsed or 0.0
        low = elapsed if interval is None or interval.low is None else min(interval.low, elapsed)
        return low, None
    return None if interval is None else (interval.low, interval.high)
