"""A snapshot that another version built: said to be one, by page, command and question alike, never half shown."""

import shutil

import asked_snapshot
import duckdb
import pytest
from typer.testing import CliRunner

from collectors.errors import WarehouseError
from modelgap import app as command
from warehouse import read
from warehouse.publish import get_directory, lock_warehouse, publish_snapshot, read_published


@pytest.fixture(params=["scale.is_scaled", "record.beaten_date", "lag_series.guards"])
def older(request, tmp_path, monkeypatch):
    """A home whose current snapshot lacks a column; its id and the column."""
    table, column = request.param.split(".")
    source = asked_snapshot.get_home()
    with lock_warehouse(tmp_path):
        built = get_directory(tmp_path) / "building-older.duckdb"
        shutil.copyfile(get_directory(source) / read_published(source)[0].name, built)
        with duckdb.connect(str(built)) as connection:
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        published = publish_snapshot(tmp_path, built)
    monkeypatch.setenv("MODELGAP_HOME", str(tmp_path))
    return published.id, request.param


def test_a_question_of_an_older_snapshot_says_what_it_lacks(older, tmp_path):
    snapshot_id, column = older
    for snapshot in (read.open_current(tmp_path), read.open_snapshot(snapshot_id, tmp_path)):
        with pytest.raises(WarehouseError, match=f"another version of modelgap; got no column {column}"):
            read.measure_gap(snapshot, read.Question(benchmark="quiz"))


def test_pages_say_that_it_is_of_another_version(older):
    snapshot_id, column = older
    for query in ({}, {"snapshot": snapshot_id}):
        app = asked_snapshot.open_page(asked_snapshot.OVERVIEW, **query)
        assert not app.exception
        words = asked_snapshot.get_words(app)
        assert "cannot be shown from this snapshot" in words and column in words


def test_commands_end_with_the_same_words(older, tmp_path):
    snapshot_id, _ = older
    args = ["export", "lag-over-time", "--format", "csv", "--out", "-", "--snapshot", snapshot_id]
    found = CliRunner().invoke(command, args)
    assert isinstance(found.exception, WarehouseError | SystemExit)
    assert "another version" in f"{found.exception}{found.output}"
