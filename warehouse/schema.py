"""The tables of a warehouse: made in order, and what columns this version's builds have.

Before: `schema.sql` and the marts' SQL. After: tables in a warehouse that is being built; or the columns by which a
snapshot of another version is told.
"""

from functools import cache
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
BEFORE_INDEX = ("evidence_day", "isic_subject", "section_score", "representative")
AFTER_INDEX = (
    "point",
    "scale",
    "domain_scale",
    "record",
    "gap",
    "lag",
    "coverage",
    "isic_coverage",
    "isic_scale",
    "source_freshness",
    "run_health",
)
_COLUMNS = "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = current_database()"
Column = tuple[str, str]


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables that a build fills from registry, landing, fits and answers."""
    connection.execute((HERE / "schema.sql").read_text(encoding="utf-8"))


def run_marts(connection: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> None:
    """Create the marts by their names, in this order, from the tables that are filled by then."""
    for name in names:
        connection.execute((HERE / "marts" / f"{name}.sql").read_text(encoding="utf-8"))


def find_lacking(connection: duckdb.DuckDBPyConnection) -> list[Column]:
    """Return table and name of the columns that a build of this version has and the file lacks, of tables it holds."""
    found = set(connection.execute(_COLUMNS).fetchall())
    tables = {table for table, _ in found}
    return sorted(column for column in _list_columns() - found if column[0] in tables)


@cache
def _list_columns() -> frozenset[Column]:
    """Return the columns of a warehouse without a row, made once."""
    with duckdb.connect() as connection:
        connection.execute("SET VARIABLE today = DATE '2000-01-01'")
        create_tables(connection)
        run_marts(connection, (*BEFORE_INDEX, *AFTER_INDEX))
        return frozenset(connection.execute(_COLUMNS).fetchall())
