"""From the warehouse's answers to the frames that charts take: shown units, names, and which models set a record.

Before: the current snapshot, read through `warehouse.read`. After: pandas frames and plain mappings. What pages ask on
every rerun is kept for as long as its snapshot is open; nobody may change what they are given.
"""

from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from collectors.errors import WarehouseError
from dashboard.i18n import pick_name, t
from dashboard.keeping import keep_answers
from dashboard.words import Sides, explain_guards, name_guard, name_scale, say_guards
from warehouse import read

ALL = "all"
_KINDS = ("index", "domain", "benchmark", "section")
_TALLIED = ["benchmark", "unit", "evidence", "origin", "source"]

Row = dict[str, Any]
_pin: ContextVar[str | None] = ContextVar("pin", default=None)


def pin_snapshot(snapshot_id: str | None) -> None:
    """Let `find_snapshot` answer with this snapshot for the rest of the thread's run; None: with the current one."""
    _pin.set(snapshot_id)


def get_pin() -> str | None:
    """Return the snapshot that this run of the thread is pinned to, None where it follows the current one."""
    return _pin.get()


def find_snapshot() -> tuple[read.Snapshot | None, str]:
    """Return the pinned snapshot, else the current one, reopened by itself when a newer one is published.

    None and why where there is none: nothing was published, or what is pinned is no longer kept.
    """
    pinned = _pin.get()
    try:
        return (_open_pinned(pinned) if pinned else read.open_current()), ""
    except WarehouseError as error:
        return None, str(error)


@lru_cache(maxsize=4)
def _open_pinned(snapshot_id: str) -> read.Snapshot:
    """Hold what is pinned: opening it anew on every rerun would hash the whole file each time."""
    return read.open_snapshot(snapshot_id)


@keep_answers
def list_scales(snapshot: read.Snapshot, evidence: str = "published", domain: str = ALL) -> list[Row]:
    """Return the scales a reader may choose, the widest first: index, domain indices, benchmarks by their models.

    Of published scales the default one of each benchmark; of measured ones every protocol, as they never mix.
    """
    scales = read.list_scales(snapshot).to_pylist()
    with_figures = _list_benchmarks(snapshot, evidence)
    chosen = [scale for scale in scales if _fits(scale, evidence, with_figures) and domain in (ALL, scale["domain"])]
    return sorted(chosen, key=lambda scale: (_KINDS.index(scale["kind"]), -scale["n_models"], scale["scale_id"]))


def _fits(scale: Row, evidence: str, with_figures: set[str]) -> bool:
    """Return whether a scale can be read by some evidence: of narrower one an index must be fitted, or be the index."""
    if evidence == "measured":
        return scale["evidence"] == "measured"
    if evidence == "published" or scale["kind"] in ("benchmark", "section"):
        has_figures = evidence == "published" or scale["benchmark"] in with_figures
        return scale["evidence"] == "published" and scale["is_default"] and has_figures
    if evidence == "independent":
        return scale["origins"] == ["independent"]
    return scale["scale_id"] == "index"


def _list_benchmarks(snapshot: read.Snapshot, evidence: str) -> set[str]:
    """Return the benchmarks that have a figure of the origins that an evidence names."""
    tally = tally_scores(snapshot)
    return set(tally.loc[tally["origin"].isin(evidence.split(",")), "benchmark"])


@keep_answers
def list_domains(snapshot: read.Snapshot, evidence: str = "published") -> dict[str, str]:
    """Return the domains that have a scale, id to name, led by the choice of all of them."""
    with_scale = {scale["domain"] for scale in list_scales(snapshot, evidence)}
    rows = read.read_domains(snapshot).to_pylist()
    return {ALL: t("All domains")} | {row["domain"]: pick_name(row) for row in rows if row["domain"] in with_scale}


@keep_answers
def read_models(snapshot: read.Snapshot, scale_id: str) -> pd.DataFrame:
    """Return every model on a scale, in the columns that `plot_records` takes."""
    models = read.read_points(snapshot, scale_id).to_pandas()
    records = set(read.read_records(snapshot, scale_id)["model"].to_pylist())
    return models.assign(
        name=[pick_name(row) for row in models.to_dict("records")], is_record=models["model"].isin(records)
    )


@keep_answers
def read_standing(snapshot: read.Snapshot, scale_id: str) -> Row:
    """Return gap and lag on a scale in shown units, with intervals, records and guards; a withheld number is None."""
    scale = read.find_scale(snapshot, scale_id)
    if not scale["n_models"]:
        records = {"domestic_record": None, "frontier_record": None, "reached_date": None, "reached_by_model": None}
        no_models = [{"code": "no_models", "bloc": None}]
        return show_document(None) | records | {"as_of": snapshot.as_of.isoformat(), "guards": no_models}
    document = read.read_document(snapshot, scale_id)
    if document is None:
        kind = "index" if scale["kind"] == "index" else "benchmark"
        document = read.measure_gap(snapshot, read.Question(**{kind: scale_id})).to_document()
    reached = read.read_gap(snapshot, scale_id) or {}
    return show_document(document) | {
        "as_of": document["as_of"],
        "domestic_record": document["domestic_record"],
        "frontier_record": document["frontier_record"],
        "reached_date": reached.get("reached_date"),
        "reached_by_model": reached.get("reached_by_model"),
        "guards": document["guards"],
    }


def read_days(snapshot: read.Snapshot, scale: Row) -> pd.DataFrame:
    """Return the lag of every day by two match rules, in the columns that `plot_lag` takes; guarded days have none."""
    days = pd.concat(
        read.read_series(snapshot, scale["scale_id"], other_rule=other).to_pandas() for other in (False, True)
    )
    days["guard"] = [t(", ").join(name_guard(code) for code in codes) or None for codes in days["guards"]]
    is_open = days["guard"].isna()
    named = {"standing_months": "lag_months", "ci90_low": "ci90_low", "ci90_high": "ci90_high"}
    shown = {name: days[column].where(is_open) for column, name in named.items()}
    return days[["date", "match_rule", "guard"]].assign(**shown).reset_index(drop=True)


def read_domain_rows(snapshot: read.Snapshot) -> pd.DataFrame:
    """Return a row for every domain, in the columns that `plot_domains` takes."""
    scales = {scale["scale_id"]: scale for scale in read.list_scales(snapshot).to_pylist()}
    documents = read.read_domain_documents(snapshot)
    domains = read.read_domains(snapshot).to_pylist()
    return pd.DataFrame([describe_domain(row, documents.get(row["domain"]), scales) for row in domains])


def describe_domain(row: Row, document: Row | None, scales: dict[str, Row], sides: Sides | None = None) -> Row:
    """Return a domain's row for `plot_domains` from its gap document; None: nothing measures it."""
    named = {"name": pick_name(row), "unit": row["unit"]}
    if document is None:
        return named | show_document(None) | {"evidence": t("no benchmark yet"), "guard": t("nothing measures it")}
    scale = scales[document["scale"]]
    n_models = sum(document["n_models"].values())
    on_index = scale["kind"] == "domain"
    return named | show_document(document) | {
        "evidence": t("{n} benchmarks, {models} models", n=scale["n_benchmarks"], models=n_models)
        if on_index else name_scale(scale),
        "guard": say_guards(document["guards"], limit=2, sides=sides) or None,
        "guard_detail": explain_guards(document["guards"], sides) or None,
    }  # fmt: skip


def show_document(document: Row | None) -> Row:
    """Return gap and lag of a document in shown units: percent points for fractions, months."""
    gap, lag = (document["gap"], document["lag"]) if document else ({}, {})
    factor = 100 if document and document["unit"] == "fraction" else 1
    points, gap_low, gap_high = (
        value if value is None else value * factor for value in (gap.get("points"), *(gap.get("ci90") or (None, None)))
    )
    low, high = lag.get("ci90") or (None, None)
    return {
        "gap_points": points, "gap_ci90_low": gap_low, "gap_ci90_high": gap_high,
        "lag_months": lag.get("standing_months"), "lag_ci90_low": low, "lag_ci90_high": high,
        "leads": lag.get("leads"),
    }  # fmt: skip


def count_evidence(snapshot: read.Snapshot, scale: Row, by: str, known_by: date | None = None) -> dict[str, int]:
    """Return how many figures a scale rests on `by` origin or by source, the most first.

    On an index those are the published scores of its domain's benchmarks, or of all, of those `known_by` a day where
    one is given; else the models' own figures.
    What a competitor reported does not count, nor what baselines scored, unless there is nothing else.
    """
    if scale["unit"] != "index":
        points = read.read_points(snapshot, scale["scale_id"]).select(["bloc", by]).to_pandas()
        models = points[points["bloc"] != "baseline"]
        return (models if len(models) else points)[by].value_counts().to_dict()
    tally = tally_scores(snapshot, known_by)
    kept = (tally["evidence"] == "published") & (tally["unit"] == "fraction")
    if scale["domain"]:
        kept &= tally["domain"] == scale["domain"]
    if scale["origins"]:
        kept &= tally["origin"].isin(scale["origins"])
    return tally[kept].groupby(by)["n"].sum().sort_values(ascending=False).to_dict()


@keep_answers
def tally_scores(snapshot: read.Snapshot, known_by: date | None = None) -> pd.DataFrame:
    """Return how many scores there are by benchmark, domain, unit, evidence, origin and source.

    Those of unknown day do not count where only those `known_by` a day are asked for.
    """
    scores = read.read_scores(snapshot)
    told = zip(scores["reporter_relation"].to_pylist(), scores["first_known_date"].to_pylist(), strict=True)
    kept = [
        relation != "competitor" and (known_by is None or (day is not None and day <= known_by))
        for relation, day in told
    ]
    tally = scores.filter(kept).group_by(_TALLIED).aggregate([([], "count_all")]).to_pandas()
    domains = {row["benchmark"]: row["domain"] for row in read.list_benchmarks(snapshot).to_pylist()}
    return tally.rename(columns={"count_all": "n"}).assign(domain=tally["benchmark"].map(domains))
