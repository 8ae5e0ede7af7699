"""Import Epoch AI's benchmark files: its own runs with their standard errors, and what it collected from others.

Before: the archive of one CSV a benchmark, such a CSV, or `benchmarks_runs.csv`; plain numbers, fractions or
percentages. After: one figure a row; of Epoch's runs from the day of the run on, of others from the day of the file on.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import PurePosixPath

from collectors.efforts import read_effort
from collectors.importers import epoch
from collectors.importers.archives import Archive
from collectors.importers.catalogue import CATALOGUE
from collectors.importers.contract import (
    NOT_A_NUMBER,
    OUT_OF_RANGE,
    UNKNOWN_BENCHMARK,
    UNKNOWN_MODEL,
    WRONG_FIELDS,
    Context,
    Parsed,
    Payload,
    read_count,
    read_number,
)
from collectors.importers.fetching import Fetcher
from collectors.importers.opening import read_csv
from collectors.records import Protocol, Score

PAGE = "https://epoch.ai/data/ai-benchmarking-dashboard"
BEST = "Best score (across scorers)"
SCORE_COLUMNS = (
    BEST, "mean_score", "Score", "EM", "Accuracy", "Accuracy mean", "Percent correct", "Pass@1", "Pass@1 score",
    "Average", "Average score", "Average progress", "Overall accuracy", "Binary accuracy", "Unguided % Solved",
    "% Resolved", "% Score", "Challenge score", "120k token score", "Global average", "Overall pass (%)",
)  # fmt: skip
"""The columns that hold a file's score, the first there is; `benchmark_metadata.csv` may name another."""
NO_SCORE_COLUMN = "which column is the score is not known"
FAILED_RUN = "run did not end well"
OWN_UNIT = "figures are in a unit of their own"
_OWN_UNIT = {"metr-time-horizons": "minutes"}
_NUMBER = r"\d+(?:\.\d*)?|\.\d+"
_SPREAD = re.compile(rf"(?<![\d.])(?P<score>{_NUMBER})±(?P<stderr>{_NUMBER})")
"""Each number is tried from its first digit on, and in one way: a long row of digits must not take hours."""
_DAYS = ("%d %B %Y %I:%M%p", "%d %B %Y", "%Y-%m-%d")
Rows = Iterator[tuple[int, dict[str, str] | None]]


def collect(place: str | None, fetcher: Fetcher) -> Sequence[Payload]:
    """Return the archive or CSV at `place`, or Epoch's archive."""
    return [fetcher.fetch(place or CATALOGUE["epoch-benchmarks"].addresses[0])]


def parse(payload: Payload, context: Context) -> Parsed:
    """Return a figure for every row of every file that holds scores, or why not."""
    parsed = Parsed(snapshot_date=payload.retrieved_on)
    day = context.options.published_date or payload.retrieved_on
    with payload.main.path.open("rb") as file:
        is_archive = file.read(2) == b"PK"
    if not is_archive:
        _take_table(parsed, payload.main.name, read_csv(payload.main, ()), {}, context, day)
        return parsed
    with Archive(payload.main) as archive:
        tables = {PurePosixPath(name).name: name for name in archive.names if name.endswith(".csv")}
        described = _read_metadata(archive, tables.pop("benchmark_metadata.csv", None))
        for file_name, member in sorted(tables.items()):
            meta = described.get(file_name, {})
            _take_table(parsed, file_name, archive.read_csv(member, ()), meta, context, day)
    return parsed


def _read_metadata(archive: Archive, member: str | None) -> Mapping[str, dict]:
    rows = archive.read_csv(member, ("benchmark", "source_file")) if member else ()
    return {row["source_file"]: row for _, row in rows if row}


def _take_table(parsed: Parsed, name: str, rows: Rows, meta: Mapping, context: Context, day: date) -> None:
    """Take one file; a file without models and scores, such as a list of models, offers no figure."""
    for line, row in rows:
        version = (row.get("Model version") or row.get("model")) if row else None
        column = _find_column(row, meta) if row else None
        if row and ("Model version" not in row and "task" not in row):
            return
        parsed.n_rows += 1
        place = f"{name}:{line}"
        if row is None:
            parsed.reject(place, WRONG_FIELDS, place)
        elif column is None:
            parsed.reject(place, NO_SCORE_COLUMN, name)
        elif (row.get("Status") or "Success") != "Success":
            parsed.reject(place, FAILED_RUN, row["Status"])
        else:
            _take_row(parsed, place, row, (version or row.get("Name") or "").strip(), column, meta, context, day)


def _take_row(
    parsed: Parsed, place: str, row: dict, version: str, column: str, meta: Mapping, context: Context, day: date
) -> None:
    stem = place.partition(".")[0].removesuffix("_external").removeprefix("external_benchmark_")
    title = row.get("task") or meta.get("benchmark") or stem
    benchmark = _find_benchmark(title, row, context)
    number = _read_score(row[column], meta)
    model = epoch.find_model(version, context)
    if number is None:
        return parsed.reject(place, NOT_A_NUMBER, row[column])
    if benchmark is None:
        return parsed.reject(place, UNKNOWN_BENCHMARK, title)
    if benchmark in _OWN_UNIT:
        return parsed.reject(place, OWN_UNIT, f"{benchmark}: {_OWN_UNIT[benchmark]}")
    if not 0 <= number <= 1:
        return parsed.reject(place, OUT_OF_RANGE, f"{title}: {row[column]}: a fraction lies in 0-1, a percentage has %")
    if model is None:
        return parsed.reject(place, UNKNOWN_MODEL, version)
    is_own_run = "task" in row or column in (BEST, "mean_score")
    shape = _shape_run if is_own_run else _shape_collected
    parsed.scores.append(
        Score(
            model=model,
            benchmark=benchmark,
            source=context.source.id,
            effort=read_effort(version, model),
            score=round(number, 6),
            **shape(row, version, model, benchmark, number, day),
        )
    )


def _shape_run(row: dict, version: str, model: str, benchmark: str, number: float, day: date) -> dict:
    started = _read_day(row.get("started_at") or row.get("Started at") or "")
    return {
        "protocol": Protocol(benchmark=benchmark, metric="accuracy"),
        "setting": version,
        "stderr": _read_stderr(row, number),
        "source_url": f"{PAGE}#{row['id']}" if row.get("id") else PAGE,
        "published_date": started or day,
        "first_known_date": started,
        "notes": "score = best across scorers" if row.get(BEST) else None,
        **epoch.attribute(epoch.EPOCH, model),
    }


def _shape_collected(row: dict, version: str, model: str, benchmark: str, number: float, day: date) -> dict:
    shots = read_count(row.get("Shots"))
    link = (row.get("Source link") or row.get("Source link (site from table)") or "").strip()
    return {
        "protocol": Protocol(benchmark=benchmark, metric="accuracy", n_shot=shots),
        "setting": version if shots is None else f"{shots}-shot; {version}",
        "source_url": link if link.startswith(("https://", "http://")) else PAGE,
        "published_date": day,
        "notes": "collected by Epoch AI (CC BY 4.0)",
        **epoch.attribute(row.get("Source") or "", model, unnamed="not named in Epoch AI's benchmark files"),
    }


def _find_column(row: Mapping, meta: Mapping) -> str | None:
    named: Iterable[str] = (meta.get("score_column") or "", *SCORE_COLUMNS)
    return next((column for column in named if column in row), None)


def _find_benchmark(title: str, row: Mapping, context: Context) -> str | None:
    found = epoch.find_benchmark(title, context.registry)
    if found == "terminal-bench-2.0" and "2.0" not in title:
        words = f"{row.get('Source', '')} {row.get('Source link', '')}".lower()
        found = found if re.search(r"2\.0|\bv2\b", words) else "terminal-bench"
    return found if found in context.registry.benchmarks else None


def _read_score(text: str, meta: Mapping) -> float | None:
    text = text.strip()
    if text.endswith("%"):
        number = read_number(text[:-1])
        return None if number is None else number / 100
    number, scale = read_number(text), read_number(meta.get("scale") or 1)
    return number / scale if number is not None and scale else None


def _read_stderr(row: Mapping, number: float) -> float | None:
    given = read_number(row.get("stderr") or "")
    if given is None:
        spreads = _SPREAD.finditer(row.get("Scores") or "")
        given = next((float(m["stderr"]) for m in spreads if abs(float(m["score"]) - number) < 0.0051), None)
    return given if given and given > 0 else None


def _read_day(text: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(text.partition("T")[0] if form == "%Y-%m-%d" else text, form).date()
        except ValueError:
            continue
    return None
