"""A made-up field for the tests of the warehouse: a small registry, scores by hand, runs landed for real."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import yaml

from collectors.landing import land_run
from collectors.records import CALLS, SAMPLES, Manifest, Protocol, Score
from collectors.registry_loader import Registry, load_registry
from warehouse.build import build_warehouse
from warehouse.snapshot import Snapshot, open_current

AT = datetime(2026, 1, 7, 12, tzinfo=UTC)
DEVELOPERS = {
    "cathay": ("CN", {"one": "2024-03-01", "two": "2025-02-01", "three": "2025-11-01"}),
    "columbia": ("US", {"uno": "2024-01-01", "dos": "2024-12-01", "tres": "2025-10-01"}),
    "europa": ("FR", {"un": "2025-06-01"}),
    "baseline": (None, {"chance": "2023-01-01"}),
}
BENCHMARKS = [
    {"id": "quiz", "name": {"en": "Quiz"}, "domain": "knowledge", "chance_floor": 0.25},
    {"id": "sums", "name": {"en": "Sums"}, "domain": "mathematics", "chance_floor": 0},
    {"id": "votes", "name": {"en": "Votes"}, "domain": "preference", "unit": "elo"},
]
TASK = {
    "id": "sums-en", "benchmark": "sums", "name": {"en": "Sums"}, "domain": "mathematics", "generated": True,
    "lm_eval": {"task": "sums", "metric": "exact_match"}, "max_tokens": 64, "chance_floor": 0.0,
    "subtasks": {"fractions": {"name": {"en": "Fractions"}, "isic": "C"}},
}  # fmt: skip
BLOCS = {
    "domestic": {"name": {"en": "Domestic"}, "countries": ["CN"]},
    "frontier": {"name": {"en": "Frontier"}, "countries": ["US"]},
    "other": {"name": {"en": "Other"}},
    "baseline": {"name": {"en": "Baseline"}, "developers": ["baseline"]},
}


def write_registry(folder: Path, developers: dict = DEVELOPERS) -> Path:
    """Return `folder` as a registry of its own, complete in every reference."""
    for developer, (country, models) in developers.items():
        rows = [
            {"id": f"{developer}/{stem}", "name": {"en": stem}, "release_date": day and date.fromisoformat(day),
             "open_weights": developer == "cathay", "params_b": 7 if stem in ("one", "uno") else 70}
            for stem, day in models.items()
        ]  # fmt: skip
        document = {"developer": developer, "name": {"en": developer}, "country": country, "models": rows}
        _write(folder / "models" / f"{developer}.yaml", document)
    source = {
        "id": "board", "name": {"en": "Board"}, "url": "https://example.org", "licence": "CC BY 4.0",
        "attribution": "Board", "redistribute": True, "kind": "leaderboard", "cadence_days": 30,
        "retrieved_on": date(2026, 1, 1),
    }  # fmt: skip
    _write(folder / "sources" / "board.yaml", source)
    _write(folder / "tasks" / "sums-en.yaml", TASK)
    names = ("knowledge", "mathematics", "preference", "writing")
    _write(folder / "domains.yaml", [{"id": name, "name": {"en": name.title()}} for name in names])
    _write(folder / "isic.yaml", [{"id": "B", "name": {"en": "Mining"}}, {"id": "C", "name": {"en": "Manufacturing"}}])
    _write(folder / "benchmarks.yaml", BENCHMARKS)
    _write(folder / "blocs.yaml", BLOCS)
    return folder


def make_registry(folder: Path, developers: dict = DEVELOPERS) -> Registry:
    """Return such a registry, loaded alone."""
    return load_registry(bundled=write_registry(folder, developers))


def published(model: str, score: float, *, benchmark: str = "quiz", board: str | None = None, **fields) -> dict:
    """Return one published score as it lands: independent, of 1 January 2026, unless `fields` say otherwise."""
    day = date(2026, 1, 1)
    known = {"origin": "independent", "source": "board", "published_date": day, "first_known_date": day}
    unit = "elo" if benchmark == "votes" else "fraction"
    protocol = Protocol(benchmark=benchmark, metric="accuracy", board=board)
    row = Score(model=model, benchmark=benchmark, protocol=protocol, score=score, unit=unit, **known | fields)
    return row.model_dump(mode="json")


def measured(model: str, score: float | None, *, version: str = "1", **fields) -> dict:
    """Return one score of our own on `sums`, under a protocol of the task's `version`."""
    protocol = Protocol(benchmark="sums", metric="exact_match", task="sums-en", task_version=version)
    known = {"origin": "measured", "source": "modelgap", "task": "sums-en", "measured_at": AT}
    return Score(model=model, benchmark="sums", protocol=protocol, score=score, **known | fields).model_dump(
        mode="json"
    )


def land(home: Path, run: str, scores: list[dict], *, samples=None, calls=None, **fields) -> Path:
    """Return the directory of a run landed with these scores as they are, right or wrong."""
    kind = fields.pop("kind", "published")
    known = {"status": "complete", "started_at": AT, "finished_at": AT, "modelgap_version": "0"}
    tables = {"samples": _table(samples, SAMPLES), "calls": _table(calls, CALLS)}
    return land_run(home, Manifest(run=run, kind=kind, **known | fields), {"scores": scores}, **tables)


def land_field(home: Path) -> None:
    """Land one published score of every model on `quiz`: the domestic record is matched by the second frontier one."""
    scores = {"cathay/one": 0.40, "cathay/two": 0.62, "cathay/three": 0.71, "columbia/uno": 0.45,
              "columbia/dos": 0.70, "columbia/tres": 0.80, "europa/un": 0.50, "baseline/chance": 0.25}  # fmt: skip
    land(home, "published-field", [published(model, score) for model, score in scores.items()])


def build(home: Path, registry: Registry) -> Snapshot:
    """Return the current snapshot after building what has landed."""
    build_warehouse(home, registry)
    return open_current(home)


def edit(path: Path, *statements: str) -> duckdb.DuckDBPyConnection:
    """Return a connection to a built file after running statements on it, to break what a check should find."""
    connection = duckdb.connect(str(path))
    for statement in statements:
        connection.execute(statement)
    return connection


def sample(doc_id: int, mark: float | None, **fields) -> dict:
    """Return one item's answer."""
    known = {"task": "sums-en", "doc_id": doc_id, "repeat": 0, "outcome": "ok", "mark": mark, "prompt": "1+1"}
    return known | fields


def call(key: str, **fields) -> dict:
    """Return one call."""
    known = {"call_key": key, "task": "sums-en", "doc_id": 0, "repeat": 0, "outcome": "ok", "attempts": 1,
             "latency_s": 0.5, "started_at": AT}  # fmt: skip
    return known | fields


def _table(rows: list[dict] | None, schema: pa.Schema) -> pa.Table | None:
    return None if rows is None else pa.Table.from_pylist(rows, schema=schema)


def _write(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
