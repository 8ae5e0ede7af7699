"""Publish tiny snapshots without end, each of one version, until killed: the other side of tests/test_publish.py."""

import shutil
import sys
from pathlib import Path

import duckdb

from warehouse.publish import (
    BUILDING,
    Published,
    clean_debris,
    get_directory,
    lock_warehouse,
    publish_snapshot,
    read_published,
)

N_ROWS = 1000


def make_template(path: Path) -> Path:
    """Return a file of a DuckDB table to be filled, made once because creating one is slow."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE content (version BIGINT)")
    return path


def publish_version(home: Path, template: Path) -> Published:
    """Return the snapshot published as the successor of the current one: every row holds its version."""
    with lock_warehouse(home):
        clean_debris(home)
        kept = read_published(home)
        version = int(kept[0].inputs) + 1 if kept else 1
        built = get_directory(home) / f"{BUILDING}test.duckdb"
        shutil.copyfile(template, built)
        with duckdb.connect(str(built)) as connection:
            connection.execute("INSERT INTO content SELECT ? FROM range(?)", [version, N_ROWS])
        return publish_snapshot(home, built, inputs=str(version))


if __name__ == "__main__":
    while True:
        publish_version(Path(sys.argv[1]), Path(sys.argv[2]))
        print("published", flush=True)
