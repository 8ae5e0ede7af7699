"""Import a publication: collect, parse, reconcile, land; nothing of a payload lands unless all of it is accounted for.

Before: the name of an importer and a place. After: one landed run a payload, deterministic from source and bytes, and
an `Imported` that says what became of every figure offered: new, already known, or refused with its reason.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from collectors.errors import LandingError, PayloadError
from collectors.importers.catalogue import Entry, find_importer
from collectors.importers.contract import (
    GIVEN_TWICE,
    IMPOSSIBLE_DAY,
    LOOKS_LIKE_FORMULA,
    UNKNOWN_MODEL,
    Context,
    Options,
    Parsed,
    Payload,
)
from collectors.importers.fetching import Fetcher
from collectors.importers.known import KnownFigures
from collectors.importers.log_figures import FIRST_LOG
from collectors.importers.naming import ModelNames
from collectors.landing import LandedRun, land_run, read_landed
from collectors.published import find_problems
from collectors.records import Manifest, Score
from collectors.registry_loader import Registry
from collectors.settings import get_version

_TEXTS = ("task", "subtask", "reported_by", "setting", "notes")
_FORMULA = re.compile(r"[=@\t\r\n]|[+-](?![\d .])")
"""What a spreadsheet would take for a formula at the start of a cell."""
_EXAMPLES = 3


@dataclass(frozen=True)
class Job:
    """What to import: the importer's name, a place or None for its own address, what the user says of it."""

    name: str
    place: str | None = None
    options: Options = field(default_factory=Options)
    retrieved_on: date | None = None
    is_dry: bool = False


@dataclass
class Imported:
    """What became of one payload. `n_rows` = `n_new` + `n_known` + `n_rejected`, asserted before anything lands."""

    name: str
    run: str | None = None
    state: str = "failed"
    n_rows: int = 0
    n_new: int = 0
    n_known: int = 0
    n_rejected: int = 0
    rejects: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    """For each reason the values refused most often; results.json and the table `reject` hold them all."""
    unresolved: list[dict] = field(default_factory=list)
    problem: str | None = None


def run_import(home: Path, registry: Registry, job: Job) -> Iterator[Imported]:
    """Yield what became of each payload of a place, landing one after the other; a payload that cannot be read is told.

    The same bytes land once: what a changed registry makes of them lands as the next attempt at their run.
    Raises UsageError for an unknown importer, PayloadError or FetchError where there is nothing to import.
    """
    entry = find_importer(job.name)
    source = registry.get("sources", entry.source)
    context = Context(registry, source, ModelNames(registry), job.options)
    with tempfile.TemporaryDirectory() as scratch:
        fetcher = Fetcher(Path(scratch) if job.is_dry else home, retrieved_on=job.retrieved_on)
        importer = entry.load()
        places = (job.place,) if job.place else source.fetch_from or (None,)
        payloads = [payload for place in places for payload in importer.collect(place, fetcher)]
        known = KnownFigures(home)
        if not payloads:
            raise PayloadError(f"import: nothing to import; got {job.place!r}. It takes {entry.takes}.")
        for payload in payloads:
            try:
                yield _import_payload(home, entry, job, payload, context, known)
            except (PayloadError, LandingError) as error:
                yield Imported(payload.main.name, problem=str(error))


def name_run(source: str, payload: Payload) -> str:
    """Return the run id of a payload: the same for the same source and bytes."""
    return f"import-{source}-{payload.sha256[:16]}"


def list_unresolved(parsed: Parsed, names: ModelNames) -> list[dict]:
    """Return the names of models that are not registered, most figures first, each with the nearest registered ids."""
    rows = [
        {"name": entry["value"], "count": entry["count"], "nearest": names.list_nearest(entry["value"])}
        for entry in parsed.rejects.values()
        if entry["reason"] == UNKNOWN_MODEL
    ]
    return sorted(rows, key=lambda row: (-row["count"], row["name"]))


def _import_payload(
    home: Path, entry: Entry, job: Job, payload: Payload, context: Context, known: KnownFigures
) -> Imported:
    parsed = entry.load().parse(payload, context)
    _refuse_unfit(parsed, payload, context.registry)
    imported = _reconcile(job, payload, parsed, context, known)
    if not imported.n_rows:
        raise PayloadError(f"{payload.main.name}: no figure in it; got {payload.place!r}. It takes {entry.takes}.")
    imported.state = "dry run" if job.is_dry else _land(home, imported, job, payload, parsed, context, known)
    for score in parsed.scores:
        known.add(score)
    return imported


def _reconcile(job: Job, payload: Payload, parsed: Parsed, context: Context, known: KnownFigures) -> Imported:
    n_known = sum(map(known.holds, parsed.scores))
    n_taken, n_rejected = len(parsed.scores), parsed.n_rejected
    if parsed.n_rows != n_taken + n_rejected:
        raise PayloadError(
            f"{payload.main.name}: the counts do not add up; got {parsed.n_rows} figures offered, {n_taken} taken and "
            f"{n_rejected} refused. This is a fault of the importer {job.name!r}: report it."
        )
    return Imported(
        name=payload.main.name,
        run=name_run(context.source.id, payload),
        n_rows=parsed.n_rows,
        n_new=n_taken - n_known,
        n_known=n_known,
        n_rejected=n_rejected,
        rejects=_count_reasons(parsed),
        examples=_pick_examples(parsed),
        unresolved=list_unresolved(parsed, context.names),
    )


def _refuse_unfit(parsed: Parsed, payload: Payload, registry: Registry) -> None:
    """Move scores that the registry or the contract forbids, and repeats, to the rejects."""
    fit: list[Score] = []
    seen: set[Score] = set()
    for score in parsed.scores:
        # An estimate of exactly 0 is a failed one: an unknown standard error is None.
        changed = {name: None for name in ("stderr", "stderr_answered_only") if getattr(score, name) == 0}
        score = score.model_copy(update=changed) if changed else score
        where = f"{payload.main.name}: {score.model} on {score.benchmark}"
        problem = next(find_problems(score, registry), None)
        formula = next(filter(None, map(_find_formula, (getattr(score, name) for name in _TEXTS))), None)
        day = next(filter(_is_impossible, (score.published_date, score.first_known_date)), None)
        identity = score.model_dump_json()
        if day:
            parsed.reject(where, IMPOSSIBLE_DAY, day)
        elif problem:
            reason, _, value = problem.partition("; got ")
            parsed.reject(where, reason, value)
        elif formula:
            parsed.reject(where, LOOKS_LIKE_FORMULA, formula)
        elif identity in seen:
            parsed.reject(where, GIVEN_TWICE, f"{score.model} on {score.benchmark}: {score.score}")
        else:
            seen.add(identity)
            fit.append(score)
    parsed.scores = fit


def _find_formula(text: str | None) -> str | None:
    return text if text and _FORMULA.match(text) else None


def _count_reasons(parsed: Parsed) -> dict[str, int]:
    counts = Counter()
    for entry in parsed.rejects.values():
        counts[entry["reason"]] += entry["count"]
    return dict(counts.most_common())


def _pick_examples(parsed: Parsed) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in sorted(parsed.rejects.values(), key=lambda entry: -entry["count"]):
        values = found.setdefault(entry["reason"], [])
        if len(values) < _EXAMPLES:
            values.append(entry["value"])
    return found


def _is_impossible(day: date | None) -> bool:
    # East of here it may be tomorrow already.
    return day is not None and not FIRST_LOG <= day <= datetime.now(UTC).date() + timedelta(days=1)


def _leave_out_names(results: dict) -> dict:
    """Return what landed without what its files were called: the same bytes by another name are nothing new."""
    files = [file["sha256"] for file in results.get("payload", ())]
    rejects = [
        {name: value for name, value in entry.items() if name != "place"} for entry in results.get("rejects", ())
    ]
    return {**results, "payload": files, "rejects": rejects}


def _land(
    home: Path, imported: Imported, job: Job, payload: Payload, parsed: Parsed, context: Context, known: KnownFigures
) -> str:
    run = imported.run
    results = {
        "scores": [score.model_dump(mode="json") for score in parsed.scores],
        "importer": job.name,
        "payload": [{"name": file.name, "sha256": file.sha256} for file in payload.files],
        "n_rows": parsed.n_rows,
        "rejects": list(parsed.rejects.values()),
        "unresolved": imported.unresolved,
        "details": parsed.details,
    }
    standing = known.standing.get(run)
    if standing:
        former = read_landed(standing.path, tables=False).results
        if _leave_out_names(former) == _leave_out_names(results):
            return "unchanged"
    day = min(parsed.snapshot_date or payload.retrieved_on, datetime.now(UTC).date())
    at = parsed.measured_at or datetime.combine(day, time(), UTC)
    manifest = Manifest(
        run=run,
        attempt=standing.manifest.attempt + 1 if standing else 1,
        kind="published",
        status="complete",
        source=context.source.id,
        started_at=at,
        finished_at=at,
        lm_eval_version=parsed.lm_eval_version,
        modelgap_version=get_version(),
    )
    known.standing[run] = LandedRun(land_run(home, manifest, results, parsed.samples), manifest)
    return "landed"
