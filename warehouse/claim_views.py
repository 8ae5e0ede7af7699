"""The three views in which a claim is judged, and the range that it claims.

Before: a claim's check. After: for hindsight, vintage and today the day, the period and the evidence to measure with;
and the claimed range in the unit of what is measured, widened by the claim's own rounding.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from collectors.claim_entries import Check, Claim, Take
from warehouse.phrases import Phrase
from warehouse.stats.match import POINT
from warehouse.verdicts import Span

VIEWS = ("hindsight", "vintage", "today")


@dataclass(frozen=True)
class View:
    """One way to judge a check. `vintage`: only figures known by then. `blocked`: why this view has no answer.

    `match` and `origins`: by which rule, and on figures of which origins alone, a reader would have it judged.

    The board that a check names is the one for hindsight, and for the vintage where it was public by then; else it is
    the newest board of then, or of today.
    """

    name: str
    day: date
    since: date
    take: Take
    vintage: date | None = None
    blocked: str | None = None
    match: str = POINT.label
    origins: tuple[str, ...] = ()


def plan_view(name: str, claim: Claim, check: Check, as_of: date) -> View:
    """Return the view `name` of a check; `as_of` is the day of the newest evidence.

    Hindsight: models released by the day spoken of, today's figures. Vintage: the same day, figures known by the day
    of the claim. Today: the same statement as of the newest evidence; of a closed period the end alone.
    """
    is_forecast = check.day == "latest"
    day = as_of if is_forecast else check.day or claim.claim_date
    if name == "today":
        return _plan_today(check, day, as_of)
    late = (
        Phrase("it speaks of {day}, after the newest evidence of {last}", day=day, last=as_of) if day > as_of else None
    )
    since = check.since or day
    if name == "hindsight":
        return View(name, day, since, check.take, blocked=late)
    if is_forecast or day > claim.claim_date:
        late = Phrase("it speaks of what was still to come")
    return View(name, day, since, check.take, vintage=claim.claim_date, blocked=late)


def find_claimed(claim: Claim, check: Check) -> Span:
    """Return the range that a check claims: its own, or the claim's values where it gives none."""
    if check.low is None and check.high is None and check.quantity != "none":
        return Span(claim.value_low, claim.value_high)
    return Span(check.low, check.high)


def find_allowed(claimed: Span, rounding: float, tolerance: float) -> Span:
    """Return the claimed range widened by its rounding, one closed on both sides at least by the tolerance.

    A one-sided claim (`leads`, `no more than`) is held to its word.
    """
    is_closed = claimed.low is not None and claimed.high is not None
    return claimed.widen(max(rounding, tolerance) if is_closed else rounding)


def _plan_today(check: Check, day: date, as_of: date) -> View:
    if check.quantity != "forward_lag" and check.take in ("least", "greatest", "closest"):
        return View("today", as_of, as_of, "value")
    since = check.since or as_of
    if check.take == "change":
        since = as_of - (day - since if check.since else timedelta(0))
    return View("today", as_of, since, check.take)
