"""The bundled published figures as a warehouse in the making: real evidence for anchors, without the domain indices."""

from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from collectors.published import land_published
from collectors.registry_loader import load_registry
from warehouse.build import AFTER_INDEX, BEFORE_INDEX, HERE
from warehouse.indices import ECI, INDEX, fit_indices, shape_figures, shape_fit
from warehouse.load import fetch_rows, insert_rows, load_landing, load_registry_tables
from warehouse.workbench import Workbench


def make_bundled(home: Path) -> Workbench:
    """Return the bundled registry and figures with the index and Epoch AI's own fitted: a few seconds."""
    registry = load_registry()
    land_published(home, registry)
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
    connection.execute(f"SET VARIABLE today = DATE '{date(2026, 10, 7)}'")
    connection.execute((HERE / "schema.sql").read_text(encoding="utf-8"))
    load_registry_tables(connection, registry)
    load_landing(connection, home / "landing", registry)
    _run(connection, BEFORE_INDEX)
    for spec in (INDEX, ECI):
        fitted, _ = fit_indices(partial(fetch_rows, connection), spec, [])
        insert_rows(connection, "index_fit", map(shape_fit, fitted))
        for index in fitted:
            insert_rows(connection, "index_figure", shape_figures(index))
    _run(connection, AFTER_INDEX)
    return Workbench(connection, {"index_problems": {}})


def _run(connection: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> None:
    for name in names:
        connection.execute((HERE / "marts" / f"{name}.sql").read_text(encoding="utf-8"))
