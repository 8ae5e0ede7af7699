"""Find the landed runs that stand, and refuse with a reason what is torn or unknown.

Before: `$MODELGAP_HOME/landing/`, directories written by collectors. After: a `Landed` for each run, checked against
its manifest's checksums, and a `Reject` for everything else; nothing here stops a build.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from collectors.errors import LandingError
from collectors.records import CALLS, SAMPLES, SCHEMA_VERSION, Manifest
from warehouse.publish import hash_file

MANIFEST, RESULTS = "manifest.json", "results.json"
TABLES = {"samples.parquet": SAMPLES, "calls.parquet": CALLS}
_RUN_DIRECTORY = re.compile(r"^run=.+$")


@dataclass(frozen=True)
class Reject:
    """Something landed and not taken in: where it lay, the kind of reason, what exactly, the row itself, how many."""

    location: str
    run: str | None
    reason: str
    detail: str
    raw: str = ""
    n_refused: int = 1


@dataclass(frozen=True)
class Landed:
    """One run that stands: its directory, its manifest, its scores and what its importer refused, as they came."""

    path: Path
    manifest: Manifest
    scores: tuple[dict, ...]
    refused: tuple[object, ...] = ()

    def find_table(self, name: str) -> Path | None:
        """Return the path of a Parquet file that the run landed with, or None."""
        return self.path / name if name in self.manifest.files else None


def read_landing(landing: Path) -> tuple[list[Landed], list[Reject]]:
    """Return the standing runs, in order of run id, and what was refused.

    Of several attempts at a run the newest intact one stands. Directories that are being written (hidden ones) are
    passed over.
    """
    standing: dict[str, Landed] = {}
    rejects: list[Reject] = []
    for path in list_directories(landing):
        try:
            found = _read_run(path)
        except LandingError as error:
            rejects.append(Reject(path.name, None, "run is torn or unknown", str(error)))
            continue
        former = standing.get(found.manifest.run)
        if former is None or former.manifest.attempt < found.manifest.attempt:
            standing[found.manifest.run] = found
    return [standing[run] for run in sorted(standing)], rejects


def list_directories(landing: Path) -> list[Path]:
    """Return what lies in the landing, hidden entries left out, by name; empty where there is no landing yet."""
    return sorted(path for path in landing.iterdir() if not path.name.startswith(".")) if landing.is_dir() else []


def hash_inputs(landing: Path, parts: Iterable[str]) -> str:
    """Return a hash of all a build depends on: the landed manifests, which carry their files' checksums, and `parts`.

    Reads the manifests only, so that finding nothing new takes milliseconds.
    """
    digest = hashlib.sha256()
    for part in (*_describe_landing(landing), *(part.encode() for part in parts)):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _describe_landing(landing: Path) -> Iterator[bytes]:
    for path in list_directories(landing):
        yield path.name.encode()
        manifest = path / MANIFEST
        yield manifest.read_bytes() if manifest.is_file() else b"-"


def _read_run(path: Path) -> Landed:
    if not path.is_dir() or not _RUN_DIRECTORY.match(path.name):
        raise LandingError(f"{path.name}: not a landed run. Move it out of the landing.")
    manifest = _read_manifest(path)
    for name, expected in manifest.files.items():
        _check_file(path / name, name, expected)
    document = _read_json(path / RESULTS)
    if not isinstance(document, dict) or not isinstance(document.get("scores"), list):
        raise LandingError(f"{path.name}/{RESULTS}: no list of scores in it. Land the run again.")
    refused = document.get("rejects")
    return Landed(path, manifest, tuple(document["scores"]), tuple(refused) if isinstance(refused, list) else ())


def _read_manifest(path: Path) -> Manifest:
    raw = _read_json(path / MANIFEST)
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if version != SCHEMA_VERSION:
        raise LandingError(f"{path.name}/{MANIFEST}: schema version is unknown; got {version!r}. Update modelgap.")
    try:
        manifest = Manifest.model_validate(raw)
    except ValidationError as error:
        raise LandingError(f"{path.name}/{MANIFEST}: {explain(error)}. Land the run again.") from error
    if RESULTS not in manifest.files:
        raise LandingError(f"{path.name}/{MANIFEST}: lists no {RESULTS}. Land the run again.")
    return manifest


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LandingError(
            f"{path.parent.name}/{path.name}: cannot be read; got {error}. Land the run again."
        ) from error


def _check_file(path: Path, name: str, expected: str) -> None:
    where = f"{path.parent.name}/{name}"
    if Path(name).name != name or not path.is_file():
        raise LandingError(f"{where}: missing, though the manifest lists it. Land the run again.")
    if hash_file(path) != expected:
        raise LandingError(f"{where}: differs from the manifest's checksum. Land the run again.")
    if name in TABLES:
        try:
            found = pq.read_schema(path)
        except (pa.ArrowException, OSError) as error:
            raise LandingError(f"{where}: not a Parquet file; got {error}. Land the run again.") from error
        if not found.remove_metadata().equals(TABLES[name]):
            raise LandingError(f"{where}: columns differ from the landing contract. Land the run again.")


def explain(error: ValidationError) -> str:
    """Return the first thing wrong in one line: the field, what is wrong, and the value."""
    item = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in item["loc"]) or "row"
    return f"{where}: {item['msg']}; got {item.get('input')!r}"[:300]
