"""The files that readers may take away whole: the data package, its tables, the checked claims, the registry.

Before: a snapshot. After: files in a folder of this process, made once a snapshot and removed with it; nothing is
written where the data lie. They hold what `modelgap data-package` writes: only what may be passed on.
"""

import json
import shutil
import tempfile
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from collectors.registry_loader import BUNDLED
from warehouse import read
from warehouse.package import name_package, write_package

MAX_KEPT = 2
"""Snapshots whose files are kept: the current one and one that a reader pinned."""
TABLES = ("scores", "models", "benchmarks", "sources", "protocols", "prices", "claims", "landscape")
FORMATS = ("csv", "parquet")
PACKAGE, CLAIMS, REGISTRY = "modelgap-data.zip", "claims-checked.json", "registry.zip"
NAMES = (PACKAGE, CLAIMS, REGISTRY, *(f"{table}.{form}" for table in TABLES for form in FORMATS))
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Downloads:
    """The files of one snapshot, by name, and how many rows each table has."""

    folder: Path
    rows: dict[str, int]

    def find_size(self, name: str) -> int:
        """Return the size of a file in bytes."""
        return (self.folder / name).stat().st_size


_kept: OrderedDict[str, tuple[tempfile.TemporaryDirectory, Downloads]] = OrderedDict()
_lock = Lock()


def prepare_downloads(snapshot: read.Snapshot) -> Downloads:
    """Return the files of a snapshot, made by the first who asks (some seconds) and kept for the others."""
    with _lock:
        if snapshot.id not in _kept:
            holder = tempfile.TemporaryDirectory(prefix="modelgap-downloads-")
            _kept[snapshot.id] = holder, _make_files(snapshot, Path(holder.name))
            while len(_kept) > MAX_KEPT:
                _kept.popitem(last=False)[1][0].cleanup()
        _kept.move_to_end(snapshot.id)
        return _kept[snapshot.id][1]


def _make_files(snapshot: read.Snapshot, folder: Path) -> Downloads:
    package = folder / name_package(snapshot)
    rows = write_package(snapshot, package)["rows"]
    _zip(folder / PACKAGE, package, sorted(path for path in package.rglob("*") if path.is_file()), package.name)
    for path in (package / "data").iterdir():
        path.rename(folder / path.name)
    shutil.rmtree(package)
    checked = json.dumps(read.read_verdicts(snapshot), ensure_ascii=False, indent=1, default=str)
    (folder / CLAIMS).write_text(checked + "\n", encoding="utf-8")
    _zip(folder / REGISTRY, BUNDLED, sorted(BUNDLED.rglob("*.yaml")), "registry")
    return Downloads(folder, rows)


def _zip(target: Path, root: Path, paths: list[Path], prefix: str) -> None:
    """Write an archive whose bytes depend on the files' names and contents alone."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            entry = zipfile.ZipInfo(f"{prefix}/{path.relative_to(root).as_posix()}", _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, path.read_bytes())
