"""Publish a built warehouse file so that no reader ever meets a torn or half-replaced one.

Before: a closed DuckDB file built aside in `$MODELGAP_HOME/warehouse/`. After: the same bytes under a name never used
before, `modelgap-<UTC stamp>-<sha12>.duckdb`, and `CURRENT` naming it with its SHA-256. A versioned name is
needed because DuckDB answers from its cached instance when a path it already holds is replaced.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collectors.errors import WarehouseError

CURRENT = "CURRENT"
LOCK = "LOCK"
KEEP = 3
BUILDING = "building-"
_STAMP = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True)
class Published:
    """One snapshot as `CURRENT` names it: `content` is the hash of its tables, `inputs` of what it was made of."""

    name: str
    sha256: str
    content: str = ""
    inputs: str = ""

    @property
    def id(self) -> str:
        """Return the snapshot's id, its file name without the suffix."""
        return self.name.removesuffix(".duckdb")


def get_directory(home: Path) -> Path:
    """Return the directory of snapshots below a data directory; it may not exist yet."""
    return home / "warehouse"


def read_published(home: Path) -> list[Published]:
    """Return the kept snapshots, the current one first; empty where nothing was published yet.

    Raises WarehouseError where CURRENT is there and unreadable.
    """
    path = get_directory(home) / CURRENT
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    try:
        document = json.loads(text)
        return [Published(**entry) for entry in (document["current"], *document["previous"])]
    except (ValueError, KeyError, TypeError) as error:
        raise WarehouseError(
            f"{path}: not a pointer to a snapshot; got {text[:60]!r}. Delete it and run `modelgap build`."
        ) from error


@contextmanager
def lock_warehouse(home: Path) -> Iterator[None]:
    """Hold the one right to build and publish below `home`, after waiting for it; a killed holder's lock is gone."""
    directory = get_directory(home)
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / LOCK, "a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def publish_snapshot(home: Path, built: Path, *, content: str = "", inputs: str = "") -> Published:
    """Make `built`, a closed file in the warehouse directory, the current snapshot and return it.

    Call it inside `lock_warehouse`. Killed at any moment it leaves the former snapshot current, or this one.
    """
    kept = read_published(home)
    clean_debris(home, keep=(built.name,))
    sha256 = hash_file(built)
    _sync(built)
    published = Published(_choose_name(built.parent, sha256), sha256, content, inputs)
    os.rename(built, built.parent / published.name)
    _sync(built.parent)
    _point_at(built.parent, [published, *kept][:KEEP])
    clean_debris(home)
    return published


def confirm_current(home: Path, inputs: str) -> Published:
    """Note that the current snapshot is also what `inputs` make, and return it. Call it inside `lock_warehouse`."""
    current, *previous = read_published(home)
    confirmed = replace(current, inputs=inputs)
    _point_at(get_directory(home), [confirmed, *previous])
    return confirmed


def clean_debris(home: Path, *, keep: tuple[str, ...] = ()) -> list[str]:
    """Delete what killed builds and publishes left behind and what is no longer kept; return the names.

    Call it inside `lock_warehouse`: whatever CURRENT does not name is then nobody's.
    """
    directory = get_directory(home)
    known = {entry.name for entry in read_published(home)} | {CURRENT, LOCK, *keep}
    known |= {f"{name}.wal" for name in keep}
    debris = [path for path in directory.iterdir() if path.name not in known and _is_ours(path.name)]
    for path in debris:
        path.unlink(missing_ok=True)
    return sorted(path.name for path in debris)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _is_ours(name: str) -> bool:
    return name.startswith(("modelgap-", BUILDING, f"{CURRENT}."))


def _choose_name(directory: Path, sha256: str) -> str:
    moment = datetime.now(UTC)
    while True:
        name = f"modelgap-{moment.strftime(_STAMP)}-{sha256[:12]}.duckdb"
        if not (directory / name).exists():
            return name
        moment += timedelta(microseconds=1)


def _point_at(directory: Path, kept: list[Published]) -> None:
    aside = directory / f"{CURRENT}.{os.getpid()}"
    current, *previous = [asdict(entry) for entry in kept]
    aside.write_text(json.dumps({"current": current, "previous": previous}, indent=1) + "\n", encoding="utf-8")
    _sync(aside)
    os.replace(aside, directory / CURRENT)
    _sync(directory)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
