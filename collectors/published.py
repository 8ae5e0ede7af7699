"""Land the published figures: scores and ratings that others measured, taken over as facts.

Before: `collectors/published/<source>.csv`, one file a registered source, one row a figure. After: one immutable run a
source in the landing, with the origin, source and protocol that each figure's row states.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

from pydantic import ValidationError

from collectors.entries import Source
from collectors.errors import RegistryError
from collectors.landing import land_run, next_attempt, read_landed
from collectors.records import Manifest, Protocol, Score
from collectors.registry_checks import find_closest
from collectors.registry_loader import Registry
from collectors.settings import get_version

FOLDER = Path(__file__).parent / "published"
COLUMNS = (
    "model", "benchmark", "metric", "unit", "score", "stderr", "setting", "effort", "n_shot", "origin",
    "reporter_relation", "reported_by", "source_url", "published_date", "first_known_date", "board",
    "is_provisional", "score_printed", "notes",
)  # fmt: skip
"""The columns of a file of published figures, in their order; collectors/published/README.md says what each means."""
_COPIED = frozenset(COLUMNS) - {"metric", "n_shot", "board", "is_provisional", "score_printed"}
_IDENTITY = ("model", "benchmark", "metric", "score", "setting", "effort", "reported_by", "source_url", "board",
             "published_date")  # fmt: skip


class PublishedError(RegistryError):
    """A file of published figures is wrong; carries every problem of every file."""


def land_published(home: Path, registry: Registry, folder: Path = FOLDER) -> list[Path]:
    """Return the landed runs of all files in `folder`, one a file, landing those that have not landed before.

    The same file lands once; a changed file lands as the next attempt at its source's run, which then stands in its
    place. Nothing lands unless every row of every file is right. Raises PublishedError with all problems at once.
    """
    problems: list[str] = []
    found = []
    for path in sorted(folder.glob("*.csv")):
        source = registry.sources.get(path.stem)
        if source is None or source.retrieved_on is None:
            problems.append(
                f"{path}: the file's name must be a source with a retrieved_on date; got {path.stem!r}"
                f"{find_closest(path.stem, registry.sources)}. Rename it or mend registry/sources/{path.stem}.yaml."
            )
            continue
        if not source.redistribute:
            problems.append(f"{path}: the source's terms forbid redistribution; got {source.licence.en!r}. Remove it.")
            continue
        scores, wrong = read_published(path, source, registry)
        problems += wrong
        found.append((path, source, scores))
    if problems:
        raise PublishedError(problems)
    return [_land(home, path, source, scores) for path, source, scores in found]


def read_published(path: Path, source: Source, registry: Registry) -> tuple[list[Score], list[str]]:
    """Return the scores of one file and what is wrong with it: file, line, column, value, remedy."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        return [], [f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8."]
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    scores: list[Score] = []
    problems: list[str] = []
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            return [], [f"{path}:1: columns differ; got {reader.fieldnames}. Write {','.join(COLUMNS)}."]
        first_line: dict[tuple, int] = {}
        for row in reader:
            score, wrong = _read_row(row, source, registry)
            identity = tuple(row.get(name) for name in _IDENTITY)
            line = first_line.setdefault(identity, reader.line_num)
            if line != reader.line_num:
                wrong = [*wrong, f"the figure is given twice; got line {line} again. Remove one of the two."]
            problems += [f"{path}:{reader.line_num}: {problem}" for problem in wrong]
            scores += [score] if score else []
    except csv.Error as error:
        problems.append(f"{path}:{reader.line_num}: not valid CSV: {error}. Mend the quoting of that line.")
    return scores, problems


def _read_row(row: dict, source: Source, registry: Registry) -> tuple[Score | None, list[str]]:
    if None in row or None in row.values():
        count = sum(value is not None for key, value in row.items() if key) + len(row.get(None, ()))
        return None, [f"expected {len(COLUMNS)} fields; got {count}. Quote fields that hold commas."]
    fields = {name: value for name in _COPIED if (value := row[name].strip())}
    fields["is_provisional"] = {"true": True, "false": False}.get(row["is_provisional"], row["is_provisional"])
    # The contract lets a score that could not be taken stand empty; a published one is there or is no row.
    fields["score"] = row["score"].strip()
    try:
        protocol = Protocol(
            benchmark=row["benchmark"],
            metric=row["metric"],
            n_shot=row["n_shot"] or None,
            board=row["board"] or None,
        )
        score = Score(source=source.id, protocol=protocol, **fields)
    except ValidationError as error:
        return None, [_explain(item) for item in error.errors(include_url=False)]
    problems = list(find_problems(score, registry))
    return (None if problems else score), problems


def find_problems(score: Score, registry: Registry) -> Iterator[str]:
    """Yield what keeps a published figure from landing: names, unit and range, board, origin, dates."""
    for kind, value in (("models", score.model), ("benchmarks", score.benchmark)):
        known = getattr(registry, kind)
        if value not in known:
            close = find_closest(value, known)
            yield f"{kind[:-1]}: not registered; got {value!r}{close}. Fix the name or register it."
    benchmark = registry.benchmarks.get(score.benchmark)
    if benchmark and benchmark.unit != score.unit:
        yield f"unit: {score.benchmark} is in {benchmark.unit}; got {score.unit!r}. Fix the unit or the benchmark."
    if score.unit == "fraction" and not 0 <= score.score <= 1:
        yield f"score: a fraction lies in 0–1; got {score.score}. Divide percentages by 100."
    if score.unit == "elo" and score.protocol.board is None:
        yield "board: a rating compares only within one dated board; got ''. Name the board."
    if score.origin == "measured":
        yield "origin: not measured by us; got 'measured'. Write independent, leaderboard or vendor."
    if (score.origin == "vendor") != (score.reporter_relation is not None):
        yield (
            f"reporter_relation: vendor rows, and only they, say whose model it is; got {score.reporter_relation!r}. "
            "Write own, competitor or unclassified for a vendor's figure, nothing for others."
        )
    if score.stderr == 0:
        yield "stderr: an unknown standard error is empty; got 0. Leave it empty."
    if score.published_date and score.first_known_date and score.first_known_date > score.published_date:
        yield (
            f"first_known_date: later than published_date {score.published_date}; got {score.first_known_date}. "
            "Give the earlier date or leave it empty."
        )


def _explain(item: dict) -> str:
    field = ".".join(str(part) for part in item["loc"] if part != "protocol")
    return f"{field}: {item['msg'].removeprefix('Value error, ')}; got {item.get('input')!r}. Fix the value."


def _land(home: Path, path: Path, source: Source, scores: list[Score]) -> Path:
    run = f"published-{source.id}"
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    attempt = next_attempt(home, run)
    if attempt > 1:
        standing = home / "landing" / (f"run={run}" + (f".a{attempt - 1}" if attempt > 2 else ""))
        if read_landed(standing).results.get("csv_sha256") == checksum:
            return standing
    # The day that the source was read, not the day of landing, so that a rebuilt home is the same to the byte.
    read_at = datetime.combine(source.retrieved_on, time(), UTC)
    manifest = Manifest(
        run=run,
        attempt=attempt,
        kind="published",
        status="complete",
        source=source.id,
        started_at=read_at,
        finished_at=read_at,
        modelgap_version=get_version(),
    )
    return land_run(home, manifest, {"scores": [s.model_dump(mode="json") for s in scores], "csv_sha256": checksum})
