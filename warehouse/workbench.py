"""Ask a warehouse that is being built the same questions as a published snapshot.

Before: an open, filled connection. After: a `Source` over it, so that build and readers share one way to measure.
"""

from datetime import date

import duckdb
import pyarrow as pa

from warehouse.load import fetch_rows, fetch_value


class Workbench:
    """A warehouse in the making: not yet named, not yet checked."""

    id = ""

    def __init__(self, connection: duckdb.DuckDBPyConnection, meta: dict):
        self.connection = connection
        self.meta = meta
        self.cache: dict = {}

    def query(self, sql: str, params: object = None) -> pa.Table:
        """Return the rows of one SELECT."""
        return self.connection.sql(sql, params=params).to_arrow_table()

    def rows(self, sql: str, params: object = None) -> list[dict]:
        """Return the rows of one SELECT as mappings."""
        return fetch_rows(self.connection, sql, params)

    @property
    def as_of(self) -> date:
        """Return the day of the newest evidence."""
        return fetch_value(self.connection, "SELECT as_of FROM evidence_day")
