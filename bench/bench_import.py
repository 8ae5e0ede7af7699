"""An import of a million sample rows: a landed run's Parquet and lm-eval's lines, against DuckDB reading the same file.

Each step runs in a process of its own, so that its peak memory is its own. Without arguments a million rows.
"""

import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from collectors.importers.importing import Job, run_import
from collectors.landing import land_run
from collectors.records import SAMPLES, Manifest, Protocol, Score
from collectors.registry_loader import load_registry

N_ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
AT = datetime(2026, 1, 7, 12, tzinfo=UTC)
MODEL = "qwen/qwen2.5-7b"
TEXT = "the answer is because seven apples cost less than nine pears so we add them and divide by two"
WORDS = np.array(TEXT.split())


def main() -> None:
    """Write the rows both ways, import them, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        landed, lines = root / "theirs", root / "lm-eval"
        run(write_landed, landed)
        run(write_lines, lines)
        parquet = next(landed.rglob("samples.parquet"))
        print(f"{N_ROWS:,} rows; Parquet {size(parquet)} MB, lines {size(next(lines.rglob('samples_*')))} MB")
        bare_s = report("DuckDB: CREATE TABLE AS FROM read_parquet", read_parquet, parquet, root / "bare.duckdb")
        import_s = report("import of the landed run", import_place, landed, root / "home")
        again_s = report("the same again, unchanged", import_place, landed, root / "home")
        load_s = report("warehouse: samples into its table, checked", load_samples, root / "home", root / "w.duckdb")
        bare_lines_s = report("DuckDB: CREATE TABLE AS FROM read_json", read_lines, lines, root / "lines.duckdb")
        lines_s = report("import of lm-eval's lines", import_place, lines, root / "home2")
        print(f"ratio of import to DuckDB, Parquet: {import_s / bare_s:.2f}; again: {again_s / bare_s:.2f}; "
              f"loading: {load_s / bare_s:.2f}; lines: {lines_s / bare_lines_s:.2f}")  # fmt: skip


def report(name: str, act: Callable, *values: Path) -> float:
    """Run a step in a process of its own, print its seconds and peak memory, and return the seconds."""
    seconds, peak = run(act, *values)
    print(f"{name:<44}{seconds:8.2f} s {peak:7,.0f} MB")
    return seconds


def run(act: Callable, *values: Path) -> tuple[float, float]:
    """Return seconds and peak memory in MB of a function in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(measure, (act, values))


def measure(act: Callable, values: tuple) -> tuple[float, float]:
    """Return seconds and peak memory in MB of this process after a call."""
    start = time.perf_counter()
    act(*values)
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def make_texts(n_words: int) -> list[str]:
    """Return N_ROWS texts of `n_words` words drawn at random."""
    drawn = np.random.default_rng(n_words).integers(0, len(WORDS), (N_ROWS, n_words))
    return [" ".join(WORDS[row]) for row in drawn]


def write_landed(home: Path) -> None:
    """Land a measured run of N_ROWS items, as another installation would have."""
    numbers = np.arange(N_ROWS)
    texts = {"prompt": make_texts(40), "answer": make_texts(20)}
    columns = {name: [None] * N_ROWS for name in SAMPLES.names} | texts
    columns |= {"task": ["gsm8k"] * N_ROWS, "doc_id": numbers, "repeat": np.zeros(N_ROWS, int),
                "target": ["7"] * N_ROWS,
                "doc_hash": [f"{n:064x}" for n in numbers], "outcome": ["ok"] * N_ROWS, "mark": numbers % 2 * 1.0,
                "filtered_answer": ["7"] * N_ROWS}  # fmt: skip
    protocol = Protocol(benchmark="gsm8k", metric="exact_match", task="gsm8k", lm_eval_version="0.4.13")
    score = Score(model=MODEL, benchmark="gsm8k", task="gsm8k", origin="measured", source="modelgap", score=0.5,
                  stderr=0.001, n_samples=N_ROWS, protocol=protocol)  # fmt: skip
    manifest = Manifest(run="theirs", kind="measured", status="complete", model=MODEL, started_at=AT, finished_at=AT,
                        modelgap_version="0", endpoint="theirs")  # fmt: skip
    land_run(home, manifest, {"scores": [score.model_dump(mode="json")]}, pa.table(columns, schema=SAMPLES))


def write_lines(folder: Path) -> None:
    """Write results and N_ROWS samples as `lm-eval run` does."""
    task, stamp = "gsm8k_cot_zeroshot", "2026-01-07T12-00-00.000000"
    folder = folder / "Qwen__Qwen2.5-7B"
    folder.mkdir(parents=True)
    metric = "exact_match,flexible-extract"
    results = {
        "results": {task: {"alias": task, metric: 0.5, metric.replace(",", "_stderr,"): 0.0005}},
        "configs": {task: {"task": task, "num_fewshot": 0}}, "versions": {task: 3.0}, "n-shot": {task: 0},
        "n-samples": {task: {"original": N_ROWS, "effective": N_ROWS}}, "config": {"model": "vllm"},
        "date": AT.timestamp(), "lm_eval_version": "0.4.9", "model_name": "Qwen/Qwen2.5-7B",
    }  # fmt: skip
    (folder / f"results_{stamp}.json").write_text(json.dumps(results))
    with (folder / f"samples_{task}_{stamp}.jsonl").open("w") as file:
        for number, (prompt, answer) in enumerate(zip(make_texts(40), make_texts(20), strict=True)):
            row = {
                "doc_id": number, "doc": {"question": prompt, "answer": "7"}, "target": "7",
                "arguments": {"gen_args_0": {"arg_0": prompt, "arg_1": {"until": ["Q:"]}}}, "resps": [[answer]],
                "filtered_resps": ["7"], "filter": "flexible-extract", "metrics": ["exact_match"],
                "doc_hash": f"{number:064x}", "exact_match": float(number % 2),
            }  # fmt: skip
            file.write(json.dumps(row) + "\n")


def import_place(place: Path, home: Path) -> None:
    """Import a folder into `home`, all of it."""
    for found in run_import(home, load_registry(), Job("lm-eval", str(place))):
        if found.problem or found.n_rejected:
            raise SystemExit(f"{found.name}: {found.problem or found.rejects}")


def read_parquet(file: Path, database: Path) -> None:
    """Copy a Parquet file into a table with bare DuckDB."""
    with connect(database) as connection:
        connection.execute(f"CREATE TABLE sample AS FROM read_parquet('{file}')")


def read_lines(folder: Path, database: Path) -> None:
    """Copy a file of JSON lines into a table with bare DuckDB."""
    with connect(database) as connection:
        connection.execute(f"CREATE TABLE sample AS FROM read_json('{next(folder.rglob('samples_*'))}')")


def load_samples(home: Path, database: Path) -> None:
    """Load what landed into the warehouse's tables, checksums, checks and rejects included."""
    from warehouse import build
    from warehouse.load import load_landing, load_registry_tables

    registry = load_registry()
    with connect(database) as connection:
        connection.execute((Path(build.__file__).parent / "schema.sql").read_text(encoding="utf-8"))
        load_registry_tables(connection, registry)
        load_landing(connection, home / "landing", registry)


def connect(database: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that does not draw its progress among the figures."""
    connection = duckdb.connect(str(database))
    connection.execute("SET enable_progress_bar = false")
    return connection


def size(path: Path) -> str:
    """Return a file's size in MB."""
    return f"{path.stat().st_size / 1e6:,.0f}"


if __name__ == "__main__":
    main()
