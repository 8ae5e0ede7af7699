"""Fill the tables of schema.sql from the registry and the landing, in bulk.

Before: an empty DuckDB file, the registry, the landed runs. After: every registered thing, run, protocol, score,
sample and call is in its table, and everything refused is in `reject` with its reason.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import duckdb
import pyarrow as pa

from collectors.records import Outcome
from collectors.registry_loader import Registry
from warehouse.facts import shape_runs, shape_scores
from warehouse.ingest import Landed, Reject, read_landing
from warehouse.registry_tables import shape_registry

_OUTCOMES = ", ".join(f"'{outcome}'" for outcome in Outcome)
_FIT = {
    "sample": f"""outcome IN ({_OUTCOMES}) AND task IS NOT NULL AND doc_id IS NOT NULL AND repeat IS NOT NULL
                  AND (mark IS NULL OR mark BETWEEN 0 AND 1)""",
    "call": f"outcome IN ({_OUTCOMES}) AND call_key IS NOT NULL",
}
_KEYS = {"sample": "run, task, subtask, doc_id, repeat", "call": "run, call_key, repeat"}


def load_registry_tables(connection: duckdb.DuckDBPyConnection, registry: Registry) -> None:
    """Insert every registered thing into its table."""
    for table, rows in shape_registry(registry).items():
        insert_rows(connection, table, rows)


def load_landing(connection: duckdb.DuckDBPyConnection, landing: Path, registry: Registry) -> None:
    """Insert every standing run with its scores, samples and calls, and what was refused with its reason."""
    landed, rejects = read_landing(landing)
    facts = shape_scores(landed, registry)
    insert_rows(connection, "run", shape_runs(landed))
    insert_rows(connection, "protocol", facts.protocols.values())
    insert_rows(connection, "score", facts.scores)
    _load_rejects(connection, [*rejects, *facts.rejects])
    for table, name in (("sample", "samples.parquet"), ("call", "calls.parquet")):
        _load_parquet(connection, table, name, landed)


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[dict]) -> None:
    """Insert mappings from column to value through one Arrow table; columns that a row lacks are NULL."""
    rows = list(rows)
    if not rows:
        return
    schema = connection.sql(f"FROM {table} LIMIT 0").to_arrow_table().schema
    insert_arrow(connection, table, pa.Table.from_pylist(rows, schema=schema))


def insert_arrow(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Insert an Arrow table, columns matched by name."""
    connection.register("incoming", rows)
    try:
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
    finally:
        connection.unregister("incoming")


def fetch_value(connection: duckdb.DuckDBPyConnection, sql: str) -> object:
    """Return the first value of the first row of a query."""
    return connection.sql(sql).limit(1).fetchall()[0][0]


def fetch_rows(connection: duckdb.DuckDBPyConnection, sql: str, params: object = None) -> list[dict]:
    """Return the rows of a query as mappings from column to value."""
    return connection.sql(sql, params=params).to_arrow_table().to_pylist()


def _load_rejects(connection: duckdb.DuckDBPyConnection, rejects: Sequence[Reject]) -> None:
    rows = [asdict(reject) for reject in rejects]
    insert_rows(connection, "reject", ({**row, "reject_location": row.pop("location")} for row in rows))


def _load_parquet(connection: duckdb.DuckDBPyConnection, table: str, name: str, landed: Sequence[Landed]) -> None:
    files = {str(path): run for run in landed if (path := run.find_table(name))}
    if not files:
        return
    runs = [{"path": path, "run": run.manifest.run} for path, run in files.items()]
    connection.register("landed_file", pa.Table.from_pylist(runs))
    connection.execute(f"""
        CREATE OR REPLACE TEMP VIEW landed_row AS
        SELECT landed_file.run, parquet.* EXCLUDE (filename)
        FROM read_parquet({_quote_list(files)}, filename = true, hive_partitioning = false) AS parquet
        JOIN landed_file ON landed_file.path = parquet.filename""")
    fit = f"coalesce({_FIT[table]}, false)"
    # Counting reads only the columns that the contract asks of; what refuses reads all of a row.
    if fetch_value(connection, f"SELECT count(*) FROM landed_row WHERE NOT {fit}"):
        _refuse(connection, f"landed_row WHERE NOT {fit}", f"{table} does not fit the contract")
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM landed_row WHERE {fit}")
    connection.execute("DROP VIEW landed_row")
    connection.unregister("landed_file")
    _drop_twins(connection, table)


def _drop_twins(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Keep of each key one row only and refuse the others: the tables have no key that would."""
    twins = f"SELECT max(rowid) FROM {table} GROUP BY {_KEYS[table]} HAVING count(*) > 1"
    while fetch_value(connection, f"SELECT count(*) FROM ({twins})"):
        _refuse(connection, f"{table} WHERE rowid IN ({twins})", f"{table} is given twice in its run")
        connection.execute(f"DELETE FROM {table} WHERE rowid IN ({twins})")


def _refuse(connection: duckdb.DuckDBPyConnection, rows: str, reason: str) -> None:
    """Move into `reject` the rows of a FROM clause that begins with a table's name."""
    name = rows.split()[0]
    connection.execute(
        f"INSERT INTO reject SELECT concat('run=', run), run, '{reason}', '', to_json({name}), 1 FROM {rows}"
    )


def _quote_list(paths: Iterable[str]) -> str:
    return "[" + ", ".join("'" + path.replace("'", "''") + "'" for path in paths) + "]"
