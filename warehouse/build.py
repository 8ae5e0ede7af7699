"""Build the warehouse aside from landing and registry, check it, and publish it.

Before: `$MODELGAP_HOME/landing/` and the registry. After: a new current snapshot; or the old one, where nothing is
new or a check failed. The warehouse can be deleted at any time: it is made of nothing but these two.
"""

import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import duckdb

from collectors import efforts
from collectors.importers import catalogue
from collectors.registry_loader import Registry
from collectors.settings import get_version
from warehouse.checks import run_checks
from warehouse.claims import check_claims
from warehouse.indices import BUILT, fit_indices, shape_figures, shape_fit
from warehouse.ingest import hash_inputs
from warehouse.load import fetch_rows, fetch_value, insert_arrow, insert_rows, load_landing, load_registry_tables
from warehouse.publish import (
    BUILDING,
    Published,
    clean_debris,
    confirm_current,
    get_directory,
    hash_file,
    lock_warehouse,
    publish_snapshot,
    read_published,
)
from warehouse.registry_tables import describe_registry
from warehouse.schema import AFTER_INDEX, BEFORE_INDEX, create_tables, run_marts
from warehouse.series import answer_standing_questions
from warehouse.workbench import Workbench

HERE = Path(__file__).parent
Progress = Callable[[str], None]


def build_warehouse(home: Path, registry: Registry, *, progress: Progress | None = None, force: bool = False) -> Path:
    """Return the path of the current snapshot after building and publishing it, where anything is new.

    Deterministic: the same landing and registry give the same tables. `progress` is told each step in words.
    Raises WarehouseError where a check fails; the former snapshot then stays current.
    """
    say = progress or (lambda step: None)
    with lock_warehouse(home):
        inputs = hash_inputs(home / "landing", (describe_registry(registry), _describe_code()))
        current = _find_intact(home)
        if current and current.inputs == inputs and not force:
            say("nothing new")
            return get_directory(home) / current.name
        clean_debris(home)
        built = get_directory(home) / f"{BUILDING}{os.getpid()}.duckdb"
        try:
            content = fill_warehouse(built, home / "landing", registry, progress=say, inputs=inputs)
            if current and current.content == content:
                say("nothing new in the tables")
                published = confirm_current(home, inputs)
            else:
                say("publishing")
                published = publish_snapshot(home, built, content=content, inputs=inputs)
        finally:
            built.unlink(missing_ok=True)
    return get_directory(home) / published.name


def fill_warehouse(
    path: Path, landing: Path, registry: Registry, *, progress: Progress, inputs: str = "", today: date | None = None
) -> str:
    """Make a checked warehouse file at `path` and return the hash of its tables' content."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
        connection.execute(f"SET VARIABLE today = DATE '{today or datetime.now(UTC).date()}'")
        create_tables(connection)
        progress("reading registry and landing")
        load_registry_tables(connection, registry)
        load_landing(connection, landing, registry)
        progress("choosing representative scores")
        run_marts(connection, BEFORE_INDEX)
        progress("fitting indices")
        problems = _fit_indices(connection)
        progress("computing marts")
        run_marts(connection, AFTER_INDEX)
        progress("measuring gaps")
        _answer_questions(connection, problems, progress)
        _write_meta(connection, inputs, problems)
        progress("checking")
        run_checks(connection)
        content = hash_content(connection)
        connection.execute("CHECKPOINT")
    return content


def hash_content(connection: duckdb.DuckDBPyConnection) -> str:
    """Return a hash over all tables but `meta`, their columns and their rows, whatever the order of the rows.

    The columns count by themselves: of a table without rows, only they tell that the schema has changed.
    """
    tables = connection.sql("SELECT table_name, sql FROM duckdb_tables() ORDER BY table_name").fetchall()
    parts = [
        (sql, connection.sql(f"SELECT count(*), sum(hash(rows)::HUGEINT) FROM {table} AS rows").fetchall())
        for table, sql in tables
        if table != "meta"
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _fit_indices(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Fit every index that a snapshot holds and return by scale why one could not be fitted."""
    problems: dict[str, str] = {}
    for spec in BUILT:
        fitted, failed = fit_indices(partial(fetch_rows, connection), spec)
        problems |= failed
        insert_rows(connection, "index_fit", map(shape_fit, fitted))
        for index in fitted:
            insert_rows(connection, "index_figure", shape_figures(index))
    return problems


def _answer_questions(
    connection: duckdb.DuckDBPyConnection, index_problems: dict[str, str], progress: Progress
) -> None:
    bench = Workbench(connection, {"index_problems": index_problems})
    documents, series = answer_standing_questions(bench)
    insert_rows(connection, "gap_document", documents)
    for rows in series:
        insert_arrow(connection, "lag_series", rows)
    progress("checking claims")
    insert_rows(connection, "claim_check", check_claims(bench))


def _write_meta(connection: duckdb.DuckDBPyConnection, inputs: str, index_problems: dict[str, str]) -> None:
    counted = ("model", "benchmark", "run", "score", "sample", "call", "reject", "scale", "point", "record")
    values = {
        "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "as_of": str(fetch_value(connection, "SELECT as_of FROM evidence_day")),
        "inputs": inputs,
        "modelgap_version": get_version(),
        "duckdb_version": duckdb.__version__,
        "index_problems": index_problems,
        "counts": {table: fetch_value(connection, f"SELECT count(*) FROM {table}") for table in counted},
    }
    insert_rows(connection, "meta", ({"key": key, "value": json.dumps(value)} for key, value in values.items()))


def _find_intact(home: Path) -> Published | None:
    """Return the current snapshot, or None where there is none or its file is missing or damaged."""
    published = read_published(home)
    path = get_directory(home) / published[0].name if published else None
    return published[0] if path and path.is_file() and hash_file(path) == published[0].sha256 else None


def _describe_code() -> str:
    """Return the code that a build's tables follow from: the warehouse's, the rule of efforts, the list of imports."""
    own = sorted(path for suffix in ("*.py", "*.sql") for path in HERE.rglob(suffix))
    files = [*own, Path(efforts.__file__), Path(catalogue.__file__)]
    return "\n".join([get_version(), duckdb.__version__, *(path.read_text(encoding="utf-8") for path in files)])
