"""The warehouse at size: build, publish, open, and what a page's queries take; against bare DuckDB in the same run.

Without arguments 2 million samples and 50,000 scores; `--full` for 10 million and 200,000.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import yaml

from collectors.landing import land_run
from collectors.records import SAMPLES, Manifest, Protocol, Score
from collectors.registry_loader import load_registry
from warehouse import read
from warehouse.build import build_warehouse
from warehouse.snapshot import open_current

FULL = "--full" in sys.argv
N_MODELS, N_BENCHMARKS, N_SOURCES = (400, 100, 5) if FULL else (250, 50, 4)
N_RUNS, N_ITEMS = (500, 20_000) if FULL else (100, 20_000)
AT = datetime(2026, 1, 7, 12, tzinfo=UTC)


def write_registry(folder: Path) -> Path:
    """Return a registry of N_MODELS models of two blocs, released over three years, and N_BENCHMARKS benchmarks."""
    for developer, country in (("cathay", "CN"), ("columbia", "US")):
        models = [
            {"id": f"{developer}/m{i}", "name": {"en": f"M{i}"}, "release_date": date.fromordinal(738_600 + 5 * i)}
            for i in range(N_MODELS // 2)
        ]
        write(folder / "models" / f"{developer}.yaml",
              {"developer": developer, "name": {"en": developer}, "country": country, "models": models})  # fmt: skip
    domains = [{"id": f"d{i}", "name": {"en": f"D{i}"}} for i in range(10)]
    write(folder / "domains.yaml", domains)
    names = [f"b{i}" for i in range(N_BENCHMARKS)]
    write(folder / "benchmarks.yaml",
          [{"id": name, "name": {"en": name}, "domain": f"d{i % 10}"} for i, name in enumerate(names)])  # fmt: skip
    write(folder / "tasks" / "t0.yaml", {
        "id": "t0", "benchmark": "b0", "name": {"en": "T"}, "domain": "d0", "generated": True, "max_tokens": 9,
        "chance_floor": 0.0, "lm_eval": {"task": "t0", "metric": "acc"},
    })  # fmt: skip
    blocs = {
        bloc: {"name": {"en": bloc}, "countries": [code]} for bloc, code in (("domestic", "CN"), ("frontier", "US"))
    }
    write(folder / "blocs.yaml", blocs)
    return folder


def write(path: Path, document: object) -> None:
    """Write a document as YAML."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(document), encoding="utf-8")


def land_scores(home: Path, models: list[str], rng: np.random.Generator) -> int:
    """Land a run a source with every model's score on every benchmark; return how many scores."""
    strength = np.linspace(-2, 2, len(models) // 2)
    strength = np.concatenate([strength, strength + 0.5])
    hardness = rng.normal(0, 1.5, N_BENCHMARKS)
    protocols = [Protocol(benchmark=f"b{b}", metric="acc") for b in range(N_BENCHMARKS)]
    for source in range(N_SOURCES):
        logit = strength[:, None] - hardness + rng.normal(0, 0.3, (len(models), N_BENCHMARKS))
        scores = [
            Score(model=model, benchmark=f"b{b}", origin="independent", source=f"s{source}", protocol=protocols[b],
                  score=float(1 / (1 + np.exp(-logit[m, b]))), published_date=date(2026, 1, 1)).model_dump(mode="json")
            for m, model in enumerate(models) for b in range(N_BENCHMARKS)
        ]  # fmt: skip
        land(home, f"published-{source}", "published", scores)
    return N_SOURCES * N_BENCHMARKS * len(models)


def land_samples(home: Path, models: list[str], rng: np.random.Generator) -> int:
    """Land N_RUNS measured runs of N_ITEMS answers each; return how many answers."""
    text = pa.array([f"Question {i}: " + "word " * 20 for i in range(N_ITEMS)])
    constant = {"task": "t0", "subtask": None, "doc_hash": "h", "cluster": None, "outcome": "ok", "target": "1"}
    protocol = Protocol(benchmark="b0", metric="acc", task="t0")
    for run in range(N_RUNS):
        mark = rng.integers(0, 2, N_ITEMS)
        columns = {name: pa.array([value] * N_ITEMS, SAMPLES.field(name).type) for name, value in constant.items()}
        answer = pa.array(mark.astype(str))
        columns |= {"doc_id": pa.array(np.arange(N_ITEMS)), "repeat": pa.array(np.zeros(N_ITEMS, "int32"))}
        columns |= {"prompt": text, "answer": answer, "filtered_answer": answer, "mark": pa.array(mark.astype(float))}
        score = Score(model=models[run % len(models)], benchmark="b0", task="t0", origin="measured", source="modelgap",
                      protocol=protocol, score=float(mark.mean()), stderr=0.01, measured_at=AT)  # fmt: skip
        table = pa.table([columns[name] for name in SAMPLES.names], schema=SAMPLES)
        land(home, f"measured-{run:04}", "measured", [score.model_dump(mode="json")], table)
    return N_RUNS * N_ITEMS


def land(home: Path, run: str, kind: str, scores: list[dict], samples: pa.Table | None = None) -> None:
    """Land one run."""
    manifest = Manifest(run=run, kind=kind, status="complete", started_at=AT, finished_at=AT, modelgap_version="0")
    land_run(home, manifest, {"scores": scores}, samples)


def clock(what: str, act: Callable[[], object]) -> float:
    """Print and return how many seconds `act` takes."""
    start = time.perf_counter()
    act()
    seconds = time.perf_counter() - start
    print(f"{what:<58}{seconds:9.2f} s")
    return seconds


def clock_often(what: str, act: Callable[[], object], times: int = 200) -> float:
    """Print median and 95th percentile in milliseconds over `times` calls and return the latter."""
    act()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        spent.append(1000 * (time.perf_counter() - start))
    p50, p95 = np.percentile(spent, [50, 95])
    print(f"{what:<58}{p50:7.2f} ms p50 {p95:7.2f} ms p95")
    return p95


def main() -> None:
    """Build a large warehouse and measure it."""
    with tempfile.TemporaryDirectory() as folder:
        home, registry = Path(folder) / "home", load_registry(bundled=write_registry(Path(folder) / "registry"))
        rng = np.random.default_rng(0)
        models = sorted(registry.models)
        print(f"{land_scores(home, models, rng):,} scores, {land_samples(home, models, rng):,} samples")
        measure_build(home, registry)
        measure_reading(home)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def measure_build(home: Path, registry: object) -> None:
    """Time the build and its steps, building again, and opening; compare ingest with bare DuckDB."""
    files = str(home / "landing" / "*" / "samples.parquet")
    bare = duckdb.connect(str(home / "bare.duckdb"))
    bare_s = clock(
        "bare DuckDB: CREATE TABLE AS FROM read_parquet", lambda: bare.execute(f"CREATE TABLE s AS FROM '{files}'")
    )
    bare.close()
    steps: list[tuple[str, float]] = []
    build_s = clock("build and publish", lambda: build_warehouse(
        home, registry, progress=lambda step: steps.append((step, time.perf_counter()))))  # fmt: skip
    for (step, start), (_, end) in zip(steps, [*steps[1:], (None, time.perf_counter())], strict=True):
        print(f"    {step:<54}{end - start:9.2f} s")
    ingest = steps[1][1] - steps[0][1]
    print(
        f"ratio of ingest, checksums and rejects included, to bare copying: {ingest / bare_s:.1f}; "
        f"whole build {build_s:.1f} s"
    )
    clock("build again, nothing new", lambda: build_warehouse(home, registry))
    clock("open, SHA-256 verified", lambda: open_current(home))


def measure_reading(home: Path) -> None:
    """Time what pages ask, against a bare lookup in the same file."""
    snapshot = open_current(home)
    size = snapshot.path.stat().st_size / 1e6
    print(f"snapshot {size:,.0f} MB")
    bare = duckdb.connect(str(snapshot.path), read_only=True, config={
        "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})  # fmt: skip
    sql = "FROM point WHERE scale_id = 'index' ORDER BY release_date, model"
    floor = clock_often("bare DuckDB: the points of a scale", lambda: bare.sql(sql).to_arrow_table())
    asked = {
        "open_current, nothing new": lambda: open_current(home),
        "read_points": lambda: read.read_points(snapshot, "index"),
        "read_records": lambda: read.read_records(snapshot, "index"),
        "read_series, 3 years of days": lambda: read.read_series(snapshot, "index"),
        "read_document": lambda: read.read_document(snapshot, "index"),
        "read_domain_documents": lambda: read.read_domain_documents(snapshot),
        "read_domains": lambda: read.read_domains(snapshot),
        "list_scales": lambda: read.list_scales(snapshot),
        "list_runs": lambda: read.list_runs(snapshot),
        "measure_gap, as of another day": lambda: read.measure_gap(snapshot, as_of=date(2025, 6, 1)),
    }
    worst = {name: clock_often(name, act, 50) for name, act in asked.items()}
    print(f"ratio of read_points to the bare lookup, p95: {worst['read_points'] / floor:.2f}")


if __name__ == "__main__":
    main()
