"""Compare two models benchmark by benchmark, like for like, and by domain; cohorts: `warehouse.compare_cohorts`.

Before: every landed score of the two. After: a `Comparison`: a row for each benchmark both have a figure on, means over
the rows that are like for like, and the document that `modelgap compare --json` prints.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.stats import t as student

from collectors.errors import UsageError, WarehouseError
from collectors.registry_checks import find_closest
from warehouse.compare_documents import show_interval, show_mean, show_row
from warehouse.compare_figures import read_pairs
from warehouse.panels import Evidence, Source, load_scale
from warehouse.phrases import Phrase
from warehouse.stats.bootstrap import Interval, take_interval
from warehouse.stats.multiplicity import adjust_holm
from warehouse.stats.paired import PointsGap, combine_strata, estimate_unpaired_gap

MIN_SPREAD = 3
"""From so many benchmarks on, the spread between them gives an interval."""
_OF_PAIR = ("benchmark", "domain", "unit", "a", "b", "basis", "figures", "standing")


@dataclass(frozen=True)
class Row:
    """One benchmark: the two scores, first minus second model, and where they come from.

    `basis`: `items`, on the same items under one protocol, in our own runs or imported logs; `source`, printed by one
    reporter; `standing`, each model's own standing figure, of different reporters, so that harness and model are mixed
    up: no mean takes it in; `records`, of two cohorts, each the best by its standing figure.
    """

    benchmark: str
    domain: str
    unit: str
    a: float
    b: float
    gap: PointsGap
    basis: str
    figures: dict
    standing: dict | None
    p_holm: float | None = None


@dataclass(frozen=True)
class Mean:
    """The mean difference over like-for-like benchmarks of one unit, each of equal weight.

    `stderr` is that of the benchmarks' own errors, None where one is unknown; `spread_ci90` takes the benchmarks as a
    sample of those that could have been chosen (Student's, from three on).
    """

    domain: str | None
    n_benchmarks: int
    a: float
    b: float
    difference: float
    stderr: float | None
    spread_ci90: Interval | None


@dataclass(frozen=True)
class Comparison:
    """Two models, or two cohorts by their records (`kind`), held against each other.

    `index` holds both on the capability index, where both are on it. `withheld`: of cohorts, the benchmarks whose
    number a guard withholds, each with its guards.
    """

    a: str
    b: str
    snapshot: str
    rows: tuple[Row, ...]
    domains: tuple[Mean, ...]
    overall: Mean | None
    index: dict | None
    notes: tuple[str, ...] = ()
    kind: str = "model"
    as_of: date | None = None
    withheld: tuple[dict, ...] = ()

    def find_mean(self, domain: str | None) -> Mean | None:
        """Return the mean of a domain, or over all of them for None; None where nothing is like for like."""
        if domain is None:
            return self.overall
        return next((mean for mean in self.domains if mean.domain == domain), None)

    def to_document(self) -> dict:
        """Return the JSON document of `modelgap compare --json`: numbers rounded to 6 digits, None where unknown."""
        dated = {} if self.as_of is None else {"as_of": self.as_of.isoformat(), "withheld": list(self.withheld)}
        return {
            f"{self.kind}_a": self.a,
            f"{self.kind}_b": self.b,
            "snapshot": self.snapshot,
            **dated,
            "rows": [show_row(row) for row in self.rows],
            "domains": [show_mean(mean) for mean in self.domains],
            "overall": None if self.overall is None else show_mean(self.overall),
            "index": self.index and {**self.index, "ci90": show_interval(self.index["ci90"])},
            "notes": list(self.notes),
        }


def compare_models(
    source: Source, model_a: str, model_b: str, known_by: date | None = None, origins: tuple[str, ...] = ()
) -> Comparison:
    """Return the comparison of two models; with `known_by`, on figures known to have been public by then.

    `origins`: figures of these alone, without any of all.

    Raises UsageError where a model is not registered or compared with itself, WarehouseError where no benchmark has a
    figure of both.
    """
    key = ("comparison", model_a, model_b, known_by, origins)
    if key not in source.cache:
        source.cache[key] = _compare(source, model_a, model_b, known_by, origins)
    return source.cache[key]


def _compare(source: Source, a: str, b: str, known_by: date | None, origins: tuple[str, ...]) -> Comparison:
    _check_models(source, a, b)
    rows = adjust_rows([_make_row(pair) for pair in read_pairs(source, a, b, known_by, origins)])
    if not rows:
        raise WarehouseError(Phrase("compare: no benchmark has a figure of both; got '{a}' and '{b}'.", a=a, b=b))
    domains, overall = average_rows([row for row in rows if row.basis != "standing"])
    index = None if known_by or origins else _compare_index(source, a, b)
    return Comparison(a, b, source.id, tuple(rows), domains, overall, index, tuple(_note(rows)))


def _check_models(source: Source, *models: str) -> None:
    known = [row["model"] for row in source.rows("SELECT model FROM model ORDER BY model")]
    for model in models:
        if model not in known:
            raise UsageError(
                f"compare: model is not registered; got {model!r}{find_closest(model, known)}. "
                "See `modelgap models list`."
            )
    if len(set(models)) < len(models):
        raise UsageError(Phrase("compare: two different models are needed; got '{model}' twice.", model=models[0]))


def _make_row(pair: dict) -> Row:
    gap = pair["paired"] or estimate_unpaired_gap(pair["a"], pair["b"], pair["stderr_a"], pair["stderr_b"])
    return Row(gap=gap, **{name: pair[name] for name in _OF_PAIR})


def adjust_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with p-values adjusted by Holm's method over all that have one."""
    tested = [i for i, row in enumerate(rows) if row.gap.p_value is not None]
    adjusted = dict(zip(tested, adjust_holm([rows[i].gap.p_value for i in tested]), strict=True)) if tested else {}
    return [Row(**{**vars(row), "p_holm": adjusted.get(i)}) for i, row in enumerate(rows)]


def average_rows(rows: Sequence[Row]) -> tuple[tuple[Mean, ...], Mean | None]:
    """Return the mean difference of each domain's rows, and over all; over accuracies only, never ratings."""
    fair = [row for row in rows if row.unit == "fraction"]
    domains = sorted({row.domain for row in fair})
    means = tuple(_average([row for row in fair if row.domain == domain], domain) for domain in domains)
    return means, _average(fair, None) if fair else None


def _average(rows: Sequence[Row], domain: str | None) -> Mean:
    differences = np.array([row.gap.points for row in rows])
    return Mean(
        domain=domain,
        n_benchmarks=len(rows),
        a=float(np.mean([row.a for row in rows])),
        b=float(np.mean([row.b for row in rows])),
        difference=float(differences.mean()),
        stderr=combine_strata([row.gap for row in rows]).stderr,
        spread_ci90=spread_over(differences),
    )


def spread_over(differences: np.ndarray) -> Interval | None:
    """Return Student's 90% interval of the mean of differences, one a benchmark; None below three."""
    n = len(differences)
    if n < MIN_SPREAD:
        return None
    half = float(student.ppf(0.95, n - 1) * differences.std(ddof=1) / np.sqrt(n))
    return Interval(float(differences.mean()) - half, float(differences.mean()) + half, 0.90)


def _compare_index(source: Source, model_a: str, model_b: str) -> dict | None:
    """Return both models on the index with the interval of their difference, from joint draws."""
    if not source.rows("SELECT scale_id FROM scale WHERE scale_id = 'index'"):
        return None
    data = load_scale(source, "index", Evidence())
    place = {model["model"]: i for i, model in enumerate(data.models)}
    if not {model_a, model_b} <= place.keys():
        return None
    i, j = place[model_a], place[model_b]
    a, b = (float(data.models[k]["score"]) for k in (i, j))
    draws = None if data.draws is None else data.draws[:, i].astype(float) - data.draws[:, j]
    return {"a": a, "b": b, "difference": a - b, "ci90": None if draws is None else take_interval(draws, 0.90)}


def _note(rows: Sequence[Row]) -> list[Phrase]:
    shared = [row.figures for row in rows if row.basis == "source"]
    reporters = {figures["reported_by"] or "" for figures in shared if "competitor" in figures["origin"]}
    notes = [
        Phrase("a developer's own table, printed for its rival too: {reporter}", reporter=name)
        for name in sorted(reporters)
    ]
    n, k = len(rows), sum(row.basis == "standing" for row in rows)
    if k:
        notes.append(Phrase("{k} of {n} rows hold figures of different reporters: left out of the means", k=k, n=n))
    if any(row.gap.stderr is None for row in rows):
        notes.append(Phrase("where no standard error is known, none is shown: such a difference may be chance"))
    return notes
