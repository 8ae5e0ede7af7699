"""Write a dated data package of everything that may be passed on: CSV, Parquet, datapackage.json, CITATION.cff.

Before: a snapshot. After: a folder, complete or not there at all; the same snapshot gives the same bytes. Each source's
licence decides what is in it, and each figure carries its source, licence, attribution and address. Scores are passed
on, never items: those stay with their owners.
"""

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from collectors.errors import UsageError
from warehouse.package_files import describe_package, write_citation, write_json, write_readme, write_table
from warehouse.package_records import write_records
from warehouse.read import (
    Snapshot,
    list_benchmarks,
    list_models,
    list_sources,
    read_claims,
    read_landscape,
    read_prices,
    read_protocols,
    read_scores,
)

SCORE_COLUMNS = (
    "score_id", "model", "benchmark", "task", "subtask", "unit", "score", "stderr", "score_answered_only",
    "stderr_answered_only", "coverage", "n_samples", "n_failed", "origin", "reporter_relation", "reported_by",
    "setting", "effort", "tier", "protocol_id", "published_date", "first_known_date", "measured_at",
    "is_provisional", "notes", "source_url", "source",
)  # fmt: skip
SOURCE_COLUMNS = ("source", "name_en", "name_zh", "kind", "url", "licence", "licence_url", "attribution",
                  "retrieved_on")  # fmt: skip
FOLLOWING = ("licence", "licence_url", "attribution")
"""What of its source follows every figure."""


@dataclass(frozen=True)
class Contents:
    """What goes into a package: tables by name, and how many scores each source's licence keeps out."""

    tables: dict[str, pa.Table]
    withheld: dict[str, int]


def name_package(snapshot: Snapshot) -> str:
    """Return the folder's name that a package has by default."""
    return f"modelgap-data-{snapshot.as_of}"


def write_package(snapshot: Snapshot, out: Path) -> dict:
    """Return what was written into the new folder `out`: counts, files, and what was kept out, JSON-ready.

    Raises UsageError where `out` is there already.
    """
    if out.exists():
        raise UsageError(f"--out: is there already; got {str(out)!r}. Name a folder that is not.")
    contents = gather_contents(snapshot)
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".aside-", dir=out.parent))
    try:
        n_records = _write_files(aside, snapshot, contents)
        aside.chmod(0o755)
        aside.rename(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return {
        "out": str(out),
        "snapshot": snapshot.id,
        "as_of": snapshot.as_of.isoformat(),
        "rows": {name: table.num_rows for name, table in contents.tables.items()},
        "records": n_records,
        "withheld": contents.withheld,
    }


def gather_contents(snapshot: Snapshot) -> Contents:
    """Return the tables of a package: only scores, protocols and sources that may be passed on."""
    sources = list_sources(snapshot)
    allowed = sources.filter(pc.fill_null(sources["is_redistributable"], False))
    scores = read_scores(snapshot)
    is_allowed = pc.is_in(scores["source"], value_set=allowed["source"])
    withheld = Counter(scores.filter(pc.invert(is_allowed))["source"].to_pylist())
    scores = _follow(scores.filter(is_allowed).select(SCORE_COLUMNS), allowed)
    protocols = read_protocols(snapshot)
    used = pc.is_in(protocols["protocol_id"], value_set=scores["protocol_id"].unique())
    tables = {
        "scores": scores,
        "protocols": protocols.filter(used),
        "sources": allowed.filter(pc.greater(allowed["n_scores"], 0)).select(SOURCE_COLUMNS),
        "models": list_models(snapshot),
        "prices": read_prices(snapshot),
        "benchmarks": list_benchmarks(snapshot),
        "claims": read_claims(snapshot),
        "landscape": read_landscape(snapshot),
    }
    return Contents(tables, dict(sorted(withheld.items())))


def _write_files(folder: Path, snapshot: Snapshot, contents: Contents) -> int:
    """Return how many Every Eval Ever records are among the files of a package, all written."""
    resources = [entry for name, table in contents.tables.items() for entry in write_table(folder, name, table)]
    sources = contents.tables["sources"].to_pylist()
    write_json(folder / "datapackage.json", describe_package(snapshot, resources, sources))
    write_citation(folder / "CITATION.cff", snapshot, sources)
    write_readme(folder / "README.md", snapshot, sources, contents.withheld)
    return write_records(folder, snapshot, contents.tables)


def _follow(scores: pa.Table, sources: pa.Table) -> pa.Table:
    """Return the scores, each with its source's licence and attribution beside it."""
    places = pc.index_in(scores["source"], value_set=sources["source"].combine_chunks())
    for name in FOLLOWING:
        scores = scores.append_column(name, sources[name].combine_chunks().take(places.combine_chunks()))
    return scores
