"""The one door to the warehouse: what a page, a chart or a command may ask of a snapshot.

Before: a published snapshot. After: Arrow tables in the marts' own columns, or lists of mappings; nothing is written.
Every function takes the `Snapshot` that `open_current()` returns, so that all figures of one page are of one snapshot.
"""

import pyarrow as pa

from collectors.errors import UsageError
from collectors.registry_checks import find_closest
from warehouse.answers import (
    list_endpoints,
    list_tasks,
    read_costs,
    read_item_pairs,
    read_measured_scores,
    read_run_marks,
)
from warehouse.choosing import choose_scale
from warehouse.claims import check_claim, read_verdicts
from warehouse.cohorts import split_terms
from warehouse.compare import Comparison
from warehouse.compare_cohorts import compare_sides
from warehouse.efficient import Efficiency, measure_efficiency
from warehouse.figures import list_cohorts, list_members, read_figures, read_model_points
from warehouse.gaps import TOLERANCE, GapResult, Question, measure_gap
from warehouse.phrases import Phrase, Told, get_message, load_phrases
from warehouse.series import measure_series
from warehouse.snapshot import Snapshot, open_current, open_snapshot
from warehouse.status import list_sources, read_freshness, read_status

__all__ = [
    "TOLERANCE", "Comparison", "Efficiency", "GapResult", "Phrase", "Question", "Snapshot", "Told", "check_claim",
    "choose_scale", "compare_sides", "find_scale", "get_message", "list_benchmarks", "list_cohorts", "list_developers",
    "list_endpoints", "list_members", "list_models", "list_runs", "list_scales", "list_sources", "list_tasks",
    "measure_efficiency", "measure_gap", "measure_series", "open_current", "open_snapshot", "read_claims",
    "read_costs", "read_coverage", "read_document", "read_domain_documents", "read_domains", "read_figures",
    "read_freshness", "read_gap", "read_index", "read_isic", "read_isic_scales", "read_item_pairs", "read_landscape",
    "read_measured_scores", "read_model_points", "read_points", "read_prices", "read_protocols", "read_records",
    "read_rejects", "read_run_marks", "read_scores", "read_series", "read_status", "read_verdicts",
    "split_terms",
]  # fmt: skip


def list_scales(snapshot: Snapshot, *, kind: str | None = None, defaults_only: bool = False) -> pa.Table:
    """Return the scales, one row each: id, kind (benchmark, domain, index), evidence, unit, names, how many models."""
    return snapshot.query(
        "FROM scale WHERE ($kind IS NULL OR kind = $kind) AND (NOT $defaults OR is_default) ORDER BY kind, scale_id",
        {"kind": kind, "defaults": defaults_only},
    )


def find_scale(snapshot: Snapshot, scale_id: str) -> dict:
    """Return one scale by its id. Raises UsageError naming the closest id."""
    found = snapshot.rows("FROM scale WHERE scale_id = ?", [scale_id])
    if not found:
        known = snapshot.query("SELECT scale_id FROM scale")["scale_id"].to_pylist()
        raise UsageError(f"scale: does not exist; got {scale_id!r}{find_closest(scale_id, known)}. See `modelgap gap`.")
    return found[0]


def read_points(snapshot: Snapshot, scale_id: str) -> pa.Table:
    """Return every model on a scale by release date: names, bloc, score, interval, origin, source."""
    return snapshot.query("FROM point WHERE scale_id = ? ORDER BY release_date, model", [scale_id])


def read_records(snapshot: Snapshot, scale_id: str) -> pa.Table:
    """Return the blocs' records on a scale: bloc, release_date, beaten_date (NULL: it stands), model, score."""
    return snapshot.query("FROM record WHERE scale_id = ? ORDER BY bloc, release_date", [scale_id])


def read_gap(snapshot: Snapshot, scale_id: str) -> dict | None:
    """Return gap and lag of the two blocs on a scale by the point rule, or None where a bloc has no model on it."""
    found = snapshot.rows("FROM gap JOIN lag USING (scale_id, as_of) WHERE scale_id = ?", [scale_id])
    return found[0] if found else None


def read_domains(snapshot: Snapshot) -> pa.Table:
    """Return a row for every domain: names, the scale that stands for it (NULL: none), gap and lag by points."""
    return snapshot.query("""
        SELECT domain.*, domain_scale.scale_id, domain_scale.unit, domain_scale.n_benchmarks, domain_scale.n_models,
               gap.* EXCLUDE (scale_id), lag.leads, lag.record_lag_days, lag.standing_lag_days
        FROM domain
        LEFT JOIN domain_scale ON domain_scale.domain = domain.domain
        LEFT JOIN gap ON gap.scale_id = domain_scale.scale_id
        LEFT JOIN lag ON lag.scale_id = domain_scale.scale_id
        ORDER BY domain.domain""")


def read_index(snapshot: Snapshot, scale_id: str = "index") -> list[dict]:
    """Return an index as `{model, name, index, ci90, n_benchmarks}`, best first; `ci90` None for what fixes the scale.

    Raises UsageError where there is no such index.
    """
    choose_scale(snapshot, index=scale_id)
    rows = snapshot.rows(
        """SELECT model, name_en, score, ci90_low, ci90_high, n_benchmarks
           FROM point WHERE scale_id = ? AND bloc <> 'baseline' ORDER BY score DESC, model""",
        [scale_id],
    )
    return [
        {
            "model": row["model"],
            "name": row["name_en"],
            "index": round(row["score"], 4),
            "ci90": None if row["ci90_low"] is None else [round(row["ci90_low"], 4), round(row["ci90_high"], 4)],
            "n_benchmarks": row["n_benchmarks"],
        }
        for row in rows
    ]


def read_document(snapshot: Snapshot, scale_id: str, *, guards: bool = True) -> dict | None:
    """Return the gap document of an index, of a domain's or a section's scale as in `modelgap gap --json`, else None.

    Answered at build time, for the default cohorts and all evidence; any other question is for `measure_gap`.
    """
    found = snapshot.rows("SELECT document FROM gap_document WHERE scale_id = ? AND has_guards = ?", [scale_id, guards])
    return {**load_phrases(found[0]["document"]), "snapshot": snapshot.id} if found else None


def read_domain_documents(snapshot: Snapshot, *, guards: bool = True) -> dict[str, dict]:
    """Return by domain the gap document of the scale that stands for it; domains that nothing measures are absent."""
    rows = snapshot.rows(
        """SELECT domain, document FROM domain_scale JOIN gap_document USING (scale_id)
           WHERE has_guards = ? ORDER BY domain""",
        [guards],
    )
    return {row["domain"]: {**load_phrases(row["document"]), "snapshot": snapshot.id} for row in rows}


def read_series(snapshot: Snapshot, scale_id: str, *, other_rule: bool = False) -> pa.Table:
    """Return lag and points gap day by day since 2023 on an index, a domain's or a section's scale (schema `SERIES`).

    Answered at build time, for the default cohorts and all evidence; empty for other scales: `measure_series` answers
    any question. `guards` names why a day's numbers must not be shown.
    """
    return snapshot.query(
        """SELECT * EXCLUDE (scale_id, is_other_rule) FROM lag_series
           WHERE scale_id = ? AND is_other_rule = ? ORDER BY date""",
        [scale_id, other_rule],
    )


def read_coverage(snapshot: Snapshot) -> pa.Table:
    """Return, for each domain, bloc and quarter of release, how many models came out, were scored, and how often."""
    return snapshot.query("FROM coverage ORDER BY domain, bloc, quarter")


def read_isic(snapshot: Snapshot) -> pa.Table:
    """Return every ISIC section with what measures it (zeros: nothing does) and how many models have a score there."""
    return snapshot.query("FROM isic_coverage ORDER BY section")


def read_isic_scales(snapshot: Snapshot) -> pa.Table:
    """Return the scales that measure a section of ISIC, the one that stands for it first (`preference` 1).

    With the exam's subjects and their names (empty: the whole benchmark), how many items, and whether the subjects only
    touch the section (`is_weak`).
    """
    return snapshot.query("FROM isic_scale ORDER BY section, preference")


def read_scores(snapshot: Snapshot, *, benchmark: str | None = None, model: str | None = None) -> pa.Table:
    """Return the landed scores behind a benchmark or a model, every source of them, competitors' reports too."""
    return snapshot.query(
        """SELECT score.*, model.bloc, model.name_en, model.name_zh, model.release_date
           FROM score JOIN model USING (model)
           WHERE ($benchmark IS NULL OR benchmark = $benchmark) AND ($model IS NULL OR model = $model)
           ORDER BY benchmark, release_date, model, origin, score_id""",
        {"benchmark": benchmark, "model": model},
    )


def read_protocols(snapshot: Snapshot) -> pa.Table:
    """Return how scores were taken, a row a protocol: metric, harness, task, filter, shots, generation, board."""
    return snapshot.query("FROM protocol ORDER BY protocol_id")


def read_prices(snapshot: Snapshot) -> pa.Table:
    """Return the registered list prices per million tokens, by model and day."""
    return snapshot.query("FROM model_price ORDER BY model, from_date, currency")


def read_rejects(snapshot: Snapshot) -> pa.Table:
    """Return what landed and was refused: where it lay, the kind of reason, what exactly, the row as it came."""
    return snapshot.query("FROM reject ORDER BY reason, reject_location, raw")


def list_runs(snapshot: Snapshot) -> pa.Table:
    """Return our own runs, newest first, with how their calls ended, latency, cost and number of scores."""
    return snapshot.query("FROM run_health ORDER BY finished_at DESC, run")


def list_models(snapshot: Snapshot) -> pa.Table:
    """Return the registered models by release date, with bloc, names, sizes, licence and modality."""
    return snapshot.query("FROM model ORDER BY release_date, model")


def list_developers(snapshot: Snapshot) -> pa.Table:
    """Return the registered developers with their names and country."""
    return snapshot.query("FROM developer ORDER BY developer")


def list_benchmarks(snapshot: Snapshot) -> pa.Table:
    """Return the registered benchmarks with domain, names, unit and chance floor."""
    return snapshot.query("FROM benchmark ORDER BY domain, benchmark")


def read_claims(snapshot: Snapshot) -> pa.Table:
    """Return the registered public claims on the gap, oldest first."""
    return snapshot.query("FROM claim ORDER BY claim_date, claim")


def read_landscape(snapshot: Snapshot) -> pa.Table:
    """Return the counts of models and registered services, by date."""
    return snapshot.query("FROM landscape_count ORDER BY count_date, id")
