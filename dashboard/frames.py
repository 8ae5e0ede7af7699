"""From the warehouse's answers to the frames that charts take: shown units, names, and which models set a record.

Before: the current snapshot, read through `warehouse.read`. After: pandas frames and plain mappings. Nothing is kept:
a mart answers in milliseconds, and the reader's next click is of the newest snapshot.
"""

from typing import Any

import pandas as pd

from collectors.errors import WarehouseError
from dashboard.i18n import t
from warehouse import read

MONTH_DAYS = 30.4375
Z90 = 1.6448536269514722
ALL = "all"
EVIDENCE = ("published", "measured")
_KINDS = ("index", "domain", "benchmark")

Row = dict[str, Any]


def find_snapshot() -> tuple[read.Snapshot | None, str]:
    """Return the current snapshot, or None and why there is none. Reopened by itself when a newer one is published."""
    try:
        return read.open_current(), ""
    except WarehouseError as error:
        return None, str(error)


def list_scales(snapshot: read.Snapshot, evidence: str = "published", domain: str = ALL) -> list[Row]:
    """Return the scales a reader may choose, the widest first: index, domain indices, benchmarks by their models.

    Of published scales the default one of each benchmark; of measured ones every protocol, as they never mix.
    """
    scales = read.list_scales(snapshot).to_pylist()
    chosen = [
        scale
        for scale in scales
        if scale["evidence"] == evidence
        and (scale["is_default"] or evidence == "measured")
        and domain in (ALL, scale["domain"])
    ]
    return sorted(chosen, key=lambda scale: (_KINDS.index(scale["kind"]), -scale["n_models"], scale["scale_id"]))


def name_scale(scale: Row) -> str:
    """Return what a reader calls a scale."""
    if scale["kind"] == "index":
        return t("Capability index")
    if scale["kind"] == "domain":
        return t("{domain} index", domain=scale["name_en"])
    return scale["name_en"] if scale["evidence"] == "published" else t("{name}, measured here", name=scale["name_en"])


def list_domains(snapshot: read.Snapshot, evidence: str = "published") -> dict[str, str]:
    """Return the domains that have a scale, id to name, led by the choice of all of them."""
    with_scale = {scale["domain"] for scale in list_scales(snapshot, evidence)}
    rows = read.read_domains(snapshot).to_pylist()
    return {ALL: t("All domains")} | {row["domain"]: row["name_en"] for row in rows if row["domain"] in with_scale}


def read_models(snapshot: read.Snapshot, scale_id: str) -> pd.DataFrame:
    """Return every model on a scale, in the columns that `plot_records` takes."""
    models = read.read_points(snapshot, scale_id).to_pandas()
    records = set(read.read_records(snapshot, scale_id)["model"].to_pylist())
    return models.assign(name=models["name_en"], is_record=models["model"].isin(records))


def read_standing(snapshot: read.Snapshot, scale: Row) -> Row | None:
    """Return gap and lag on a scale in shown units, with 90% intervals; None where a bloc is missing."""
    found = read.read_gap(snapshot, scale["scale_id"])
    return found and found | _show(found, scale["unit"])


def read_domain_rows(snapshot: read.Snapshot) -> pd.DataFrame:
    """Return a row for every domain, in the columns that `plot_domains` takes."""
    scales = {scale["scale_id"]: scale for scale in read.list_scales(snapshot).to_pylist()}
    rows = [_describe_domain(row, scales) for row in read.read_domains(snapshot).to_pylist()]
    return pd.DataFrame(rows).sort_values("name").reset_index(drop=True)


def count_origins(models: pd.DataFrame) -> dict[str, int]:
    """Return how many of the models' figures each origin gave, the most first; baselines do not count."""
    return models.loc[models["bloc"] != "baseline", "origin"].value_counts().to_dict()


def _describe_domain(row: Row, scales: dict[str, Row]) -> Row:
    shown = _show(row, row["unit"])
    scale = scales.get(row["scale_id"])
    evidence = t("no benchmark yet")
    if scale:
        evidence = t("{scale} · {n} models", scale=name_scale(scale), n=row["n_models"])
    guard = None if row["gap_points"] is not None else t("only one bloc measured") if scale else t("not measured")
    return {"name": row["name_en"], "unit": row["unit"], "evidence": evidence, "guard": guard} | shown


def _show(row: Row, unit: str | None) -> Row:
    """Return gap and lag in shown units: percent points, rating or index points; months of 30.4375 days."""
    factor = 100 if unit == "fraction" else 1
    gap, stderr, lag = row["gap_points"], row["gap_stderr_unpaired"], row["standing_lag_days"]
    half = None if stderr is None else Z90 * stderr * factor
    return {
        "gap_points": None if gap is None else gap * factor,
        "gap_ci90_low": None if gap is None or half is None else gap * factor - half,
        "gap_ci90_high": None if gap is None or half is None else gap * factor + half,
        "lag_months": None if lag is None else lag / MONTH_DAYS,
        "lag_ci90_low": None,
        "lag_ci90_high": None,
    }
