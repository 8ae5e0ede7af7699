"""Put results of the warehouse into words for the command line, and read what was typed there.

Before: documents and results. After: text; numbers never without their unit, rule and evidence.
"""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from typing import get_args

import numpy as np

from collectors.entries import Origin
from collectors.errors import ModelgapError, UsageError
from collectors.registry_checks import find_closest
from warehouse.gaps import GapResult, Question, measure_gap
from warehouse.snapshot import Snapshot
from warehouse.stats.forward import estimate_forward_lag
from warehouse.stats.match import POINT

UNITS = {"fraction": "percentage points", "elo": "rating points", "index": "index points"}
NAMES = {"domestic": "domestic models", "frontier": "the frontier"}
FACTOR = {"fraction": 100.0, "elo": 1.0, "index": 1.0}


def parse_date(option: str, text: str | None) -> date | None:
    """Return the ISO date typed for an option, None where nothing was; `today` is today. Raises UsageError."""
    if text is None:
        return None
    if text == "today":
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: not a date; got {text!r}. Write it as 2026-06-30.") from None


def parse_origins(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the origins typed. Raises UsageError naming the closest."""
    for text in texts:
        if text not in get_args(Origin):
            raise UsageError(
                f"--origin: no such origin; got {text!r}{find_closest(text, get_args(Origin))}. "
                f"One of: {', '.join(get_args(Origin))}."
            )
    return tuple(texts)


def describe_gap(result: GapResult) -> str:
    """Return the answer in a sentence, then rule, records, forward lag, evidence, and what else to know."""
    lines = [_say_lag(result)]
    if result.gap:
        lines.append(_say_points(result))
    for name, record in zip(("domestic", "frontier"), result.records, strict=True):
        if record:
            score = record.score * FACTOR[result.scale["unit"]]
            lines.append(f"  {name} record: {record.model}, {record.released}, {score:.1f}")
    if result.forward:
        lines.append(_say_forward(result))
    shown = ", ".join(result.question.origins) or "all but figures that a competitor reported"
    lines.append(f"  evidence: {result.scale['evidence']}, {shown}; scale {result.scale['scale_id']}")
    lines += [f"  guard {guard.code}: {guard.message}" for guard in result.guards]
    lines += [f"  note: {note}" for note in result.notes]
    return "\n".join([*lines, f"  snapshot {result.snapshot}"])


def _say_lag(result: GapResult) -> str:
    lag, where = result.lag, f"as of {result.as_of}"
    domestic = NAMES.get(result.domestic, f"models of cohort {result.domestic}")
    frontier = NAMES.get(result.frontier, f"cohort {result.frontier}")
    if lag is None:
        reasons = "; ".join(guard.message for guard in result.guards)
        return f"No number for {domestic} against {frontier} {where}: {reasons}."
    ahead = lag.leads == "domestic"
    interval = _say_interval(lag.standing_ci90, -1.0 if ahead else 1.0)
    months = f"{abs(lag.standing_months):.1f} months"
    said = f"lead {frontier} by at least {months}" if ahead else f"are {months} behind {frontier}"
    return f"{domestic[0].upper()}{domestic[1:]} {said}{interval}, {where}, match rule {lag.match_rule}."


def _say_points(result: GapResult) -> str:
    factor, unit = FACTOR[result.scale["unit"]], UNITS[result.scale["unit"]]
    points = f"{result.gap.points * factor:+.1f} {unit}{_say_interval(result.gap.ci90, factor)}"
    lines = [f"  points gap, frontier record minus domestic record: {points}"]
    other = result.other_lag
    if other:
        rule = f"by {other.match_rule}: {other.standing_months:.1f} months{_say_interval(other.standing_ci90)}"
        lines.append(f"  {rule}; record lag {result.lag.record_months:.1f} months")
    return "\n".join(lines)


def _say_forward(result: GapResult) -> str:
    forward = result.forward
    median = "not reached" if forward.km_median_months is None else f"{forward.km_median_months:.1f} months"
    oldest = forward.oldest_unmatched_months
    waiting = f", the oldest unmatched waits {oldest:.1f} months" if oldest is not None else ""
    return f"  frontier records matched: {forward.matched} of {forward.total}, median wait {median}{waiting}"


def describe_waits(snapshot: Snapshot, result: GapResult) -> str:
    """Return each frontier record's wait for its first match where too few records alone withhold the lag.

    Few days make no lag, but each is a fact; under any other guard the scores behind them are in doubt. A wait is
    `at most` so long where a domestic model as good is known only to have been out by its date.
    """
    if result.lag or {guard.code for guard in result.guards} != {"few_records"}:
        return ""
    rows = snapshot.rows("SELECT model FROM model WHERE date_precision = 'on-or-before'")
    undated = np.isin(result.panel.models, [row["model"] for row in rows]) & result.panel.domestic
    rule = result.rules[0]
    lines = [f"  how long each frontier record waited, match rule {rule.label}:"]
    for wait in estimate_forward_lag(result.panel, result.as_of, rule).waits:
        as_good = result.panel.score >= (wait.target.score if rule == POINT else -np.inf)
        if wait.matched is None:
            ended = f"not matched in {wait.months:.1f} months so far"
        else:
            bound = "at most " if (undated & as_good).any() else ""
            months = (
                f"after {bound}{wait.months:.1f} months" if wait.months > 0 else f"{-wait.months:.1f} months before"
            )
            ended = f"matched {months} by {wait.matched.model}, {wait.matched.released}"
        lines.append(f"    {wait.target.model}, {wait.target.released}: {ended}")
    return "\n".join(lines)


def _say_interval(interval: object, factor: float = 1.0) -> str:
    if interval is None or interval.low is None or interval.high is None:
        return ""
    low, high = sorted((interval.low * factor, interval.high * factor))
    return f" (90% interval {low:.1f} to {high:.1f})"


def describe_independent(snapshot: Snapshot) -> str:
    """Return what the headline is by independent figures alone, which stands beside it."""
    try:
        result = measure_gap(snapshot, Question(index="index:independent"))
    except ModelgapError as error:
        return f"  by independent figures alone: {error}"
    if result.lag is None:
        return f"  by independent figures alone: {'; '.join(guard.message for guard in result.guards)}"
    months = f"{result.lag.standing_months:.1f} months{_say_interval(result.lag.standing_ci90)}"
    return f"  by independent figures alone: {months}, {result.gap.points:+.1f} index points"


def describe_build(document: dict) -> str:
    """Return whether something new was published, and what is in it."""
    head = "Published" if document["is_new"] else "Nothing new; current is"
    return f"{head} {document['snapshot']}\n{_say_counts(document)}"


def describe_status(document: dict) -> str:
    """Return what is current, its age and content, what was refused and why, and which sources are overdue."""
    lines = [
        f"Snapshot {document['snapshot']}",
        f"  built {document['built_at']} ({document['age_hours']:.1f} hours ago), evidence to {document['as_of']}",
        _say_counts(document),
    ]
    lines += [f"  refused, {reason}: {n}" for reason, n in document["rejects"].items()]
    overdue = [row["source"] for row in document["sources"] if row["is_overdue"]]
    if overdue:
        lines.append(f"  overdue to be looked at again: {', '.join(overdue)}")
    return "\n".join(lines)


def _say_counts(document: dict) -> str:
    counts = document["counts"]
    runs = ", ".join(f"{row['n']} {row['kind']} {row['status']}" for row in document["runs"]) or "none"
    rest = ", ".join(f"{counts[name]} {name}s" for name in ("score", "sample", "call", "model", "scale", "reject"))
    return f"  runs: {runs}; {rest}"


def describe_index(rows: Sequence[dict]) -> str:
    """Return the index as a table, best model first."""
    lines = [f"{'index':>7}  {'90% interval':>15}  {'benchmarks':>10}  model"]
    for row in rows:
        interval = "sets the scale" if row["ci90"] is None else f"{row['ci90'][0]:.1f} to {row['ci90'][1]:.1f}"
        lines.append(f"{row['index']:7.1f}  {interval:>15}  {row['n_benchmarks']:>10}  {row['model']}")
    return "\n".join(lines)


def format_json(rows: Sequence[dict]) -> str:
    """Return rows as one JSON document."""
    return json.dumps(list(rows), ensure_ascii=False, indent=1)


def format_csv(rows: Sequence[dict]) -> str:
    """Return index rows as CSV, the interval in two columns; a leading `'` keeps a spreadsheet from running a name."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["model", "name", "index", "ci90_low", "ci90_high", "n_benchmarks"])
    for row in rows:
        low, high = row["ci90"] or (None, None)
        name = f"'{row['name']}" if row["name"].startswith(("=", "+", "-", "@", "\t", "\r")) else row["name"]
        writer.writerow([row["model"], name, row["index"], low, high, row["n_benchmarks"]])
    return out.getvalue()
