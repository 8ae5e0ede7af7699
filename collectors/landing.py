"""Put runs into the landing, the source of truth, and read them back.

Before: a manifest, scores and tables in memory. After: `landing/run=<id>[.a<attempt>]/`, complete and durable or not
there at all, never changed again. Readers take the newest attempt at each run.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from collectors.errors import LandingError
from collectors.records import CALLS, SAMPLES, Manifest, Score

MANIFEST, RESULTS, SAMPLES_FILE, CALLS_FILE = "manifest.json", "results.json", "samples.parquet", "calls.parquet"
ASIDE = ".aside"
"""The folder in the landing in which runs are written: it holds few, where the landing may hold thousands."""
ABANDONED_AFTER_S = 86_400
"""What a killed process was writing aside may be cleared away after this time."""
_SAFE_RUN = re.compile(r"^(?!.*\.a\d+$)[A-Za-z0-9][A-Za-z0-9._-]{0,199}$")


@dataclass(frozen=True)
class LandedRun:
    """One landed attempt: where it is and what it says of itself."""

    path: Path
    manifest: Manifest


@dataclass(frozen=True)
class LandedContent:
    """All of one landed attempt; a table is None where the run landed without it."""

    manifest: Manifest
    scores: list[Score]
    results: dict
    samples: pa.Table | None
    calls: pa.Table | None


def land_run(
    home: Path,
    manifest: Manifest,
    results: dict,
    samples: pa.Table | pa.RecordBatchReader | Path | None = None,
    calls: pa.Table | None = None,
) -> Path:
    """Return the directory of the landed run, written aside, made durable and renamed into place.

    Landing the same evidence again under the same run and attempt changes nothing. `manifest.files` is filled in.
    Args: `results` is `{"scores": [Score as JSON, …], …}`; the tables are cast to the schemas of `collectors.records`,
    samples from a reader batch by batch, so that a million of them need not fit into memory; a Parquet file of samples
    in the schema already is copied as it is.
    Raises LandingError where the run id is unsafe as a file name, a score does not fit the contract, or other
    evidence already stands under this run and attempt: landed evidence is never overwritten.
    """
    target = home / "landing" / _directory_name(manifest)
    for score in results["scores"]:
        _check(Score, score, target / RESULTS)
    asides = target.parent / ASIDE
    asides.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(asides)
    aside = Path(tempfile.mkdtemp(dir=asides))
    try:
        writers = {RESULTS: lambda path: _write_json(path, results)}
        if samples is not None:
            writers[SAMPLES_FILE] = lambda path: _write_batches(samples, path)
        if calls is not None:
            writers[CALLS_FILE] = lambda path: pq.write_table(calls.cast(CALLS), path, compression="zstd")
        manifest = manifest.model_copy(update={"files": _write_files(aside, writers)})
        _write_json(aside / MANIFEST, manifest.model_dump(mode="json"))
        _sync(aside / MANIFEST)
        aside.chmod(0o755)
        _sync(aside)
        _move_into_place(aside, target, manifest)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def list_landed(home: Path, *, all_attempts: bool = False) -> list[LandedRun]:
    """Return the landed runs, oldest first; of several attempts at a run only the newest, unless `all_attempts`.

    Raises LandingError naming the manifest that cannot be read.
    """
    runs = [LandedRun(path, _read_manifest(path)) for path in sorted((home / "landing").glob("run=*"))]
    runs.sort(key=lambda run: (run.manifest.started_at, run.manifest.run, run.manifest.attempt))
    if all_attempts:
        return runs
    newest: dict[str, int] = {}
    for run in runs:
        newest[run.manifest.run] = max(run.manifest.attempt, newest.get(run.manifest.run, 0))
    return [run for run in runs if run.manifest.attempt == newest[run.manifest.run]]


def read_landed(path: Path, *, verify: bool = False, tables: bool = True) -> LandedContent:
    """Return what one landed directory holds; with `verify`, after comparing every file with its checksum.

    Without `tables`, samples and calls are left unread: None.

    Raises LandingError naming the file that is missing, torn, or does not match.
    """
    manifest = _read_manifest(path)
    if verify:
        verify_files(path, manifest)
    results = _read_json(path / RESULTS)
    if not isinstance(results, dict) or not isinstance(results.get("scores"), list):
        raise LandingError(f"{path / RESULTS}: no list of scores in it. {_REMEDY}")
    scores = [_check(Score, score, path / RESULTS) for score in results["scores"]]
    samples, calls = (
        _read_table(path / name) if tables and name in manifest.files else None for name in (SAMPLES_FILE, CALLS_FILE)
    )
    return LandedContent(manifest, scores, results, samples, calls)


def verify_files(path: Path, manifest: Manifest) -> None:
    """Compare every file of a landed directory with its checksum. Raises LandingError naming the first that differs."""
    for name, expected in manifest.files.items():
        file = path / name
        if not file.is_file():
            raise LandingError(f"{file}: missing, though the manifest lists it. {_REMEDY}")
        actual = _hash(file)
        if actual != expected:
            raise LandingError(f"{file}: checksum differs from the manifest's; got {actual[:12]}…. {_REMEDY}")


def next_attempt(home: Path, run: str) -> int:
    """Return the number of the next attempt at `run`: 1 where none has landed."""
    name = re.compile(rf"run={re.escape(run)}(?:\.a(\d+))?")
    matches = [name.fullmatch(path.name) for path in (home / "landing").glob("run=*")]
    return max((int(match[1] or 1) for match in matches if match), default=0) + 1


_REMEDY = "Restore the directory from a copy, or remove it and collect or import the run again."


def _directory_name(manifest: Manifest) -> str:
    if not _SAFE_RUN.match(manifest.run):
        raise LandingError(
            f"landing: run id is not safe as a file name; got {manifest.run!r}. "
            "Use letters, digits, dot, dash and underscore, at most 200, not ending in .a<number>."
        )
    return f"run={manifest.run}" + (f".a{manifest.attempt}" if manifest.attempt > 1 else "")


def _clear_abandoned(asides: Path) -> None:
    for aside in asides.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if time.time() - aside.stat().st_mtime > ABANDONED_AFTER_S:
                shutil.rmtree(aside, ignore_errors=True)


def _write_files(folder: Path, writers: dict[str, Callable[[Path], object]]) -> dict[str, str]:
    checksums = {}
    for name, write in writers.items():
        write(folder / name)
        _sync(folder / name)
        checksums[name] = _hash(folder / name)
    return checksums


def _write_batches(rows: pa.Table | pa.RecordBatchReader | Path, path: Path) -> None:
    if isinstance(rows, Path):
        shutil.copyfile(rows, path)
        return
    with pq.ParquetWriter(path, SAMPLES, compression="zstd") as writer:
        for batch in rows.to_batches() if isinstance(rows, pa.Table) else rows:
            writer.write_table(pa.Table.from_batches([batch]).cast(SAMPLES))


def _move_into_place(aside: Path, target: Path, manifest: Manifest) -> None:
    try:
        os.rename(aside, target)
    except OSError:
        # rename refuses a directory that is not empty: someone landed this attempt before us.
        if not target.is_dir():
            raise
        standing = _read_manifest(target)
        if standing.files != manifest.files:
            raise LandingError(
                f"{target}: other evidence already stands under this run and attempt; got run {manifest.run!r} "
                f"attempt {manifest.attempt}. Land it as the next attempt or under a run id of its own."
            ) from None
        return
    _sync(target.parent)


def _write_json(path: Path, document: dict) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    # A lone surrogate can come in an endpoint's answer and has no UTF-8 form.
    path.write_bytes(text.encode("utf-8", errors="replace"))


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LandingError(f"{path}: missing. {_REMEDY}") from None
    except (ValueError, OSError) as error:
        raise LandingError(f"{path}: cannot be read: {error}. {_REMEDY}") from error


def _read_manifest(path: Path) -> Manifest:
    return _check(Manifest, _read_json(path / MANIFEST), path / MANIFEST)


def _read_table(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise LandingError(f"{path}: cannot be read: {error}. {_REMEDY}") from error


def _check(kind: type, raw: object, path: Path):
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise LandingError(
            f"{path}: {where}: {first['msg']}; got {str(first.get('input'))[:80]!r}. {_REMEDY}"
        ) from None


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        # Some network file systems refuse to fsync a directory; the rename is atomic there all the same.
        with contextlib.suppress(OSError) if path.is_dir() else contextlib.nullcontext():
            os.fsync(handle)
    finally:
        os.close(handle)
