"""Take over a run that an installation of modelgap landed: its scores, items and protocol as they stand.

Before: `manifest.json`, `results.json` and perhaps `samples.parquet` of `landing/run=<id>/`. After: the same scores,
filed as what somebody else measured: only the runs of this installation's own landing are its measurements.
"""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ValidationError

from collectors.errors import PayloadError
from collectors.importers.contract import NOT_A_NUMBER, Context, Parsed, Payload, RawFile
from collectors.importers.fetching import Fetcher
from collectors.importers.log_figures import LogFigures, name_part
from collectors.importers.opening import read_json
from collectors.records import SAMPLES, SCHEMA_VERSION, Manifest, Score

MAIN, RESULTS, SAMPLES_FILE = "manifest.json", "results.json", "samples.parquet"
REPORTER = "modelgap"
T = TypeVar("T", bound=BaseModel)
UNFIT = "score does not fit the landing contract"
WITHHELD = "score was withheld: the endpoint failed"
_KEPT = ("setting", "effort", "score_answered_only", "stderr_answered_only", "coverage", "n_samples", "n_failed",
         "task", "notes")  # fmt: skip


def is_landed(name: str, found: Mapping[str, Path]) -> bool:
    """Say whether a file is the manifest of a landed run: its results lie beside it."""
    path = PurePosixPath(name)
    return path.name == MAIN and str(path.with_name(RESULTS)) in found


def collect_landed(folder: str, found: Mapping[str, Path], place: str, fetcher: Fetcher) -> Payload:
    """Return the files of a landed run as one payload, the manifest first; its calls stay with who made them."""
    names = [str(PurePosixPath(folder) / name) for name in (MAIN, RESULTS, SAMPLES_FILE)]
    return fetcher.keep([(name, found[name]) for name in names if name in found], place)


def parse_landed(payload: Payload, context: Context) -> Parsed:
    """Return the scores of a landed run as they stand, with its items.

    Raises PayloadError where a file is missing or is not the one that the manifest lists.
    """
    manifest = _read_manifest(payload)
    files = {PurePosixPath(file.name).name: file for file in payload.files[1:]}
    for name in (RESULTS, SAMPLES_FILE):
        _check_file(payload.main.name, name, manifest.files.get(name), files.get(name))
    document = read_json(files[RESULTS])
    rows = document.get("scores") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise PayloadError(f"{files[RESULTS].name}: no list of scores in it. Restore the run from a copy.")
    figures = LogFigures(payload, context, logged_at=manifest.finished_at, reported_by=REPORTER)
    figures.parsed.n_rows = len(rows)
    figures.parsed.lm_eval_version = manifest.lm_eval_version
    figures.parsed.details = {"run": manifest.run, "endpoint": manifest.endpoint, "attempt": manifest.attempt}
    for number, row in enumerate(rows):
        _take(figures, f"{files[RESULTS].name}: score {number}", row, manifest)
    if SAMPLES_FILE in files and figures.parsed.scores:
        figures.parsed.samples = _read_samples(files[SAMPLES_FILE])
    return figures.parsed


def _take(figures: LogFigures, place: str, row: object, manifest: Manifest) -> None:
    score = _validate(Score, row)
    if score is None:
        return figures.parsed.reject(place, UNFIT, row)
    if score.score is None:
        return figures.parsed.reject(place, WITHHELD if score.n_failed else NOT_A_NUMBER, score.task)
    fields = {name: getattr(score, name) for name in _KEPT}
    said = figures.context.options.model
    figures.offer(
        place,
        score.model,
        score.score,
        score.protocol,
        stderr=score.stderr,
        model=None if said else figures.find_model(score.model),
        subtask=name_part(score.subtask, manifest.limit),
        **{**fields, "setting": score.setting or manifest.served_model},
    )


def _read_manifest(payload: Payload) -> Manifest:
    raw = read_json(payload.main)
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    manifest = _validate(Manifest, raw) if version == SCHEMA_VERSION else None
    if manifest is None:
        raise PayloadError(
            f"{payload.main.name}: not the manifest of a landed run; got schema version {version!r}. "
            "Name a folder that this version of modelgap landed."
        )
    return manifest


def _check_file(main: str, name: str, listed: str | None, file: RawFile | None) -> None:
    if (listed is None) != (file is None) or (listed is None and name == RESULTS):
        raise PayloadError(f"{main}: {name} is missing, or is not in the manifest. Restore the run from a copy.")
    if file and file.sha256 != listed:
        raise PayloadError(
            f"{file.name}: differs from the manifest's checksum; got {file.sha256[:12]}…. Restore the run from a copy."
        )


def _read_samples(file: RawFile) -> Path:
    try:
        found = pq.read_schema(file.path)
    except (pa.ArrowException, OSError) as error:
        raise PayloadError(f"{file.name}: not a Parquet file; got {error}. Restore the run from a copy.") from None
    if not found.remove_metadata().equals(SAMPLES):
        raise PayloadError(f"{file.name}: columns differ from the landing contract's. Restore the run from a copy.")
    return file.path


def _validate(kind: type[T], raw: object) -> T | None:
    try:
        return kind.model_validate(raw)
    except ValidationError:
        return None
