"""Write a comparison as JSON values, as `modelgap compare --json` prints it.

Before: rows and means of `warehouse.compare`. After: mappings; numbers rounded to 6 digits, None where unknown.
"""

from typing import TYPE_CHECKING

from warehouse.stats.bootstrap import Interval

if TYPE_CHECKING:
    from warehouse.compare import Mean, Row


def show_row(row: "Row") -> dict:
    """Return a benchmark's row: both scores, their difference with its error, and where the figures come from."""
    gap = row.gap
    return {
        "benchmark": row.benchmark,
        "domain": row.domain,
        "unit": row.unit,
        "a": round_number(row.a),
        "b": round_number(row.b),
        "difference": round_number(gap.points),
        "stderr": round_number(gap.stderr),
        "ci90": show_interval(gap.ci90),
        "p_holm": round_number(row.p_holm),
        "minimum_detectable": round_number(gap.minimum_detectable),
        "paired": gap.paired,
        "n_items": gap.n_items,
        "basis": row.basis,
        **row.figures,
        "standing": row.standing and {name: round_number(value) for name, value in row.standing.items()},
    }


def show_mean(mean: "Mean") -> dict:
    """Return a mean difference with its standard error and its interval by the spread between benchmarks."""
    numbers = {name: round_number(getattr(mean, name)) for name in ("a", "b", "difference", "stderr")}
    domain = {} if mean.domain is None else {"domain": mean.domain}
    return {**domain, "n_benchmarks": mean.n_benchmarks, **numbers, "spread_ci90": show_interval(mean.spread_ci90)}


def show_interval(interval: Interval | None) -> list[float | None] | None:
    """Return both ends of an interval, None without one."""
    return [round_number(interval.low), round_number(interval.high)] if interval else None


def round_number(value: float | None) -> float | None:
    """Return a number rounded to 6 digits, None where it is unknown."""
    return None if value is None else round(float(value), 6)
