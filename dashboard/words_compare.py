"""What a comparison of two models or cohorts comes to, in sentences.

Before: a `read.Comparison` and what its sides are called. After: plain words; whoever shows them escapes them.
"""

from typing import Any

from dashboard.i18n import format_day, t
from dashboard.words import name_origin
from warehouse import read

Row = dict[str, Any]


def say_basis(row: Any) -> str:
    """Return where a row's two figures come from."""
    if row.basis == "items":
        return t("{n} items, paired", n=row.gap.n_items)
    origins = [name_origin(part.partition(" ")[0]) for part in dict.fromkeys(row.figures["origin"].split(" / "))]
    if row.basis in ("standing", "records") and len(set(origins)) > 1:
        return t("different reporters: {origins}", origins=" / ".join(dict.fromkeys(origins)))
    if row.basis == "standing":
        return t("different reporters: {origins}", origins=" / ".join(dict.fromkeys(origins)))
    if "competitor" in row.figures["origin"]:
        return t("from one developer's table")
    return " / ".join(dict.fromkeys(origins))


def say_summary(comparison: read.Comparison, names: tuple[str, str]) -> str:
    """Return in sentences who is ahead by how much, over what, on average and on the index, and how sure that is."""
    said = [_say_mean(comparison, *names)]
    if comparison.index is not None:
        said.append(_say_index(comparison.index, *names))
    return t("{first} {second}", first=said[0], second=said[1]) if len(said) > 1 else said[0]


def _say_mean(comparison: read.Comparison, a: str, b: str) -> str:
    mean, is_cohorts = comparison.overall, comparison.kind == "cohort"
    if mean is None:
        return t("No benchmark holds both like for like: no mean is stated.")
    who, whom = (a, b) if mean.difference >= 0 else (b, a)
    known = {"who": who, "whom": whom, "points": abs(mean.difference) * 100, "n": mean.n_benchmarks}
    if is_cohorts:
        known["date"] = format_day(comparison.as_of)
        text = t(
            "{who}: {points:.1f} percentage points ahead of {whom} on average over {n} benchmarks, record against "
            "record as of {date}", **known,
        )  # fmt: skip
    else:
        text = t(
            "{who} is ahead of {whom} by {points:.1f} percentage points on average over {n} like-for-like benchmarks",
            **known,
        )
    spread = mean.spread_ci90
    if spread is not None:
        sign = 1 if mean.difference >= 0 else -1
        low, high = sorted(sign * end * 100 for end in (spread.low, spread.high))
        text += t("; 90% interval {low:.1f} to {high:.1f} by the spread between them", low=low, high=high)
    fair = [row for row in comparison.rows if row.basis != "standing" and row.unit == "fraction"]
    ahead = sum(row.gap.points > 0 for row in fair)
    text += t("; {name} is ahead on {k} of them.", name=a, k=ahead)
    if spread is not None and spread.low <= 0 <= spread.high:
        plain = t("The interval spans zero: on other benchmarks of the kind the order might be the other way round.")
        text = t("{first} {second}", first=text, second=plain)
    return text


def _say_index(index: Row, a: str, b: str) -> str:
    text = t("On the capability index {a} stands at {x:.1f}, {b} at {y:.1f}", a=a, x=index["a"], b=b, y=index["b"])
    interval = index["ci90"]
    if interval is None:
        return t("{sentence}.", sentence=text)
    known = {"d": index["difference"], "low": interval.low, "high": interval.high}
    text += t(" (difference {d:+.1f}, 90% interval {low:.1f} to {high:.1f})", **known)
    if interval.low <= 0 <= interval.high:
        return t(
            "{sentence}: the interval spans zero, so that chance alone may put one before the other.", sentence=text
        )
    return t("{sentence}.", sentence=text)


def say_agreement(counts: Row, first: str, second: str) -> str:
    """Return how often two models were right on the same items."""
    return t(
        "Of {n} items both got right {both}, neither {neither}; only {a} {only_a}, only {b} {only_b}.",
        n=counts["n"], both=counts["both"], neither=counts["neither"], a=first, only_a=counts["a"],
        b=second, only_b=counts["b"],
    )  # fmt: skip
