"""Measure the claims that need no record: one model against another, and a count of models.

Before: a snapshot, a claim's check and a view. After: a `Finding` as for a gap.
"""

from collectors.claim_entries import Check, Claim
from collectors.errors import ModelgapError
from warehouse.claim_views import View, find_allowed, find_claimed
from warehouse.compare import Comparison, Mean, Row, compare_models
from warehouse.panels import Source
from warehouse.phrases import Phrase, get_message
from warehouse.stats.bootstrap import Interval
from warehouse.verdicts import Finding, Reading

Z90 = 1.6448536269514722
SAME_TIME_DAYS = 31
_ALREADY_NOTED = "left out of the means"


def find_comparison(source: Source, claim: Claim, check: Check, view: View) -> Finding:
    """Return how far `of` is ahead of `against`, in percentage points, on average over like-for-like benchmarks."""
    claimed = find_claimed(claim, check)
    empty = Finding(
        view.day, "percentage points", claimed, find_allowed(claimed, check.rounding, 0.0), blocked=view.blocked
    )
    if view.blocked:
        return empty
    try:
        comparison = compare_models(source, check.of, check.against, known_by=view.vintage, origins=view.origins)
    except ModelgapError as error:
        return Finding(**{**vars(empty), "blocked": get_message(error)})
    mean = comparison.find_mean(check.domain)
    if mean is None:
        none = Phrase("no benchmark compares the two like for like")
        if check.domain:
            none = Phrase("no benchmark in {domain} compares the two like for like", domain=check.domain)
        return Finding(**{**vars(empty), "blocked": none})
    rows = [row for row in comparison.rows if _counts(row, check.domain)]
    known = {
        "reading": Reading(mean.difference * 100, bounds=_bound(mean)),
        "scale": f"mean of {', '.join(row.benchmark for row in rows)}",
        "models": tuple(model for row in rows for model in _describe(comparison, row)),
        "notes": tuple(_note(claim, comparison, rows)),
    }
    return Finding(**{**vars(empty), **known})


def find_count(source: Source, claim: Claim, check: Check, view: View) -> Finding:
    """Return another source's count of the same things at the same time; without one there is no verdict.

    Counts of other things, and the models registered here, go with it: neither is a count of the same.
    """
    claimed = find_claimed(claim, check)
    rows = source.rows("FROM landscape_count WHERE count_date <= ? ORDER BY count_date", [view.day])
    same = [
        row
        for row in rows
        if row["series"] == check.count
        and row["source_url"] != claim.source
        and abs((row["count_date"] - view.day).days) <= SAME_TIME_DAYS
    ]
    counted = "SELECT count(*) AS n FROM model WHERE bloc = 'domestic' AND params_b > 1 AND release_date <= ?"
    registered = source.rows(counted, [view.day])[0]["n"]
    others = {f"{row['series']} {row['count_date']}": row["n_things"] for row in rows if row["series"] != check.count}
    return Finding(
        as_of=view.day,
        unit=claim.unit or "",
        claimed=claimed,
        allowed=find_allowed(claimed, check.rounding, 0.0),
        reading=Reading(float(same[-1]["n_things"])) if same else None,
        blocked=None if same else Phrase("nobody else counted the same things at the time; see the context"),
        context={**others, "domestic models above 1B parameters registered here": registered},
    )


def _counts(row: Row, domain: str | None) -> bool:
    return row.basis != "standing" and row.unit == "fraction" and domain in (None, row.domain)


def _bound(mean: Mean) -> Interval | None:
    """Return the 90% interval of a mean, in percentage points: by its standard error, else by the spread."""
    if mean.stderr is not None:
        half = Z90 * mean.stderr
        return Interval((mean.difference - half) * 100, (mean.difference + half) * 100, 0.90)
    spread = mean.spread_ci90
    return None if spread is None else Interval(spread.low * 100, spread.high * 100, 0.90)


def _describe(comparison: Comparison, row: Row) -> list[dict]:
    known = {"scale": row.benchmark, "origin": row.figures["origin"], "source_url": row.figures["source_url"]}
    return [
        {"role": role, "model": model, "score": round(score, 6), **known}
        for role, model, score in (("of", comparison.a, row.a), ("against", comparison.b, row.b))
    ]


def _note(claim: Claim, comparison: Comparison, rows: list[Row]) -> list[str]:
    """Return what else to know: whose figures they are, and where others' figures turn the sign."""
    notes = [note for note in comparison.notes if _ALREADY_NOTED not in note]
    for row in rows:
        if row.standing and row.standing["difference"] * row.gap.points < 0:
            notes.append(
                Phrase(
                    "{benchmark}: {standing:+.1f} by the figures that stand for each model, {own:+.1f} by one "
                    "reporter's",
                    benchmark=row.benchmark,
                    standing=row.standing["difference"] * 100,
                    own=row.gap.points * 100,
                )
            )
    return notes
