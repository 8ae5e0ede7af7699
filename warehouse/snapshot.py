"""Open the current snapshot, read-only and hardened, and ask it questions from any number of threads.

Before: a published file and `CURRENT`. After: a `Snapshot` that stays valid for whoever holds it, however many newer
ones are published meanwhile.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from weakref import WeakValueDictionary

import duckdb
import pyarrow as pa

from collectors.errors import WarehouseError
from collectors.settings import get_home
from warehouse.publish import Published, get_directory, hash_file, read_published
from warehouse.schema import find_lacking

_HARDEN = """
SET TimeZone = 'UTC';
SET python_enable_replacements = false;
SET enable_external_access = false;
SET lock_configuration = true;
"""
_CONFIG = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_TRIES = 5


class Snapshot:
    """One published warehouse, open for reading; safe to share between threads.

    `cache` keeps what was computed from it, for as long as someone holds the snapshot: its content never changes.
    """

    def __init__(self, path: Path, published: Published):
        self.path = path
        self.id = published.id
        self.sha256 = published.sha256
        self.cache: dict = {}
        self._connection = _connect(path)

    def query(self, sql: str, params: Sequence | Mapping | None = None) -> pa.Table:
        """Return the rows of one SELECT. Every call has a cursor of its own: shared ones lose rows without a word.

        Raises WarehouseError where the file cannot be read, is of another version, or the SQL does not fit it.
        """
        try:
            if self._lacking:
                raise WarehouseError(
                    f"{self.path}: built by another version of modelgap; got no column {self._lacking}. "
                    "Run `modelgap build`, or open a newer snapshot."
                )
            with self._connection.cursor() as cursor:
                return cursor.sql(sql, params=params).to_arrow_table()
        except duckdb.Error as error:
            raise WarehouseError(f"{self.path}: query failed; got {error}. Run `modelgap build`.") from error

    def rows(self, sql: str, params: Sequence | Mapping | None = None) -> list[dict]:
        """Return the rows of one SELECT as mappings from column to value."""
        return self.query(sql, params).to_pylist()

    @cached_property
    def _lacking(self) -> str:
        """Return the columns that this version reads and the file has not, empty where none: told once, by the first.

        Without it a row would lack a key in the middle of a page.
        """
        with self._connection.cursor() as cursor:
            return ", ".join(".".join(column) for column in find_lacking(cursor))

    @cached_property
    def meta(self) -> dict:
        """Return what the build said of itself: built_at, as_of, versions, inputs, counts."""
        return {row["key"]: json.loads(row["value"]) for row in self.rows("SELECT key, value FROM meta ORDER BY key")}

    @property
    def home(self) -> Path:
        """Return the data directory that the snapshot was published in."""
        return self.path.parent.parent

    @property
    def as_of(self) -> date:
        """Return the day of the newest evidence: the day that every figure speaks for unless another is asked for."""
        return date.fromisoformat(self.meta["as_of"])


_current: dict[Path, Snapshot] = {}
# DuckDB gives a process one instance a path, and this one's settings are locked: while anyone holds it, it is shared.
_alive: WeakValueDictionary[Path, Snapshot] = WeakValueDictionary()
_lock = threading.Lock()


def open_current(home: Path | None = None) -> Snapshot:
    """Return the current snapshot of a data directory (default: this installation's), reopened when CURRENT changes.

    Each new snapshot is held against its SHA-256 once. Raises WarehouseError where nothing was published, or where
    the file is missing or damaged.
    """
    home = (home or get_home()).absolute()
    for _ in range(_TRIES):
        published = _read_current(home)
        with _lock:
            held = _open(home, published)
            if held is not None:
                _current[home] = held
                return held
    raise WarehouseError(f"{get_directory(home) / published.name}: no such snapshot. Run `modelgap build`.")


def open_snapshot(snapshot_id: str, home: Path | None = None) -> Snapshot:
    """Return a kept snapshot by its id or the end of it that figures print, the start of the file's SHA-256.

    Raises WarehouseError where it is no longer kept.
    """
    home = (home or get_home()).absolute()
    for published in read_published(home):
        if snapshot_id in (published.id, published.id.rpartition("-")[2]):
            with _lock:
                snapshot = _open(home, published)
            if snapshot:
                return snapshot
    raise WarehouseError(f"warehouse: snapshot is no longer kept; got {snapshot_id!r}. Use the current one.")


def _read_current(home: Path) -> Published:
    published = read_published(home)
    if not published:
        raise WarehouseError(f"{get_directory(home)}: nothing was published yet. Run `modelgap build`.")
    return published[0]


def _open(home: Path, published: Published) -> Snapshot | None:
    """Return the snapshot, or None where its file is gone: three newer ones may have come since CURRENT was read."""
    path = get_directory(home) / published.name
    if path in _alive:
        return _alive[path]
    try:
        found = hash_file(path)
        if found != published.sha256:
            raise WarehouseError(
                f"{path}: damaged, its SHA-256 is not the published one; got {found[:12]}. Run `modelgap build`."
            )
        snapshot = _alive[path] = Snapshot(path, published)
        return snapshot
    except FileNotFoundError:
        return None
    except duckdb.Error as error:
        if not path.exists():
            return None
        raise WarehouseError(f"{path}: cannot be opened; got {error}. Run `modelgap build`.") from error


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), read_only=True, config=_CONFIG)
    connection.execute(_HARDEN)
    return connection
