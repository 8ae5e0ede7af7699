"""Import Epoch AI's index file, the input of the Epoch Capabilities Index.

Before: `eci_benchmarks.csv`, one row a model version and benchmark, numbers corrected for chance. After: one figure a
row on the plain scale, filed under the dated version that its row names, with the original reporter.
"""

from collections.abc import Sequence
from datetime import date

from collectors.efforts import read_effort
from collectors.importers import epoch
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
    read_number,
)
from collectors.importers.fetching import Fetcher
from collectors.importers.opening import read_csv
from collectors.records import Protocol, Score

ADDRESS = CATALOGUE["epoch-eci"].addresses[0]
COLUMNS = ("performance", "benchmark", "model", "model_version", "Model", "date", "source")


def collect(place: str | None, fetcher: Fetcher) -> Sequence[Payload]:
    """Return the file at `place`, or at Epoch's address."""
    return [fetcher.fetch(place or ADDRESS)]


def parse(payload: Payload, context: Context) -> Parsed:
    """Return a figure for every row of the file, or why not."""
    parsed = Parsed(snapshot_date=payload.retrieved_on)
    day = context.options.published_date or payload.retrieved_on
    for line, row in read_csv(payload.main, COLUMNS):
        parsed.n_rows += 1
        place = f"{payload.main.name}:{line}"
        if row is None:
            parsed.reject(place, WRONG_FIELDS, f"line {line}")
            continue
        _take(parsed, place, row, context, day)
    return parsed


def _take(parsed: Parsed, place: str, row: dict, context: Context, day: date) -> None:
    version = row["model_version"].strip() or row["model"].strip()
    printed = read_number(row["performance"])
    benchmark = epoch.find_benchmark(row["benchmark"], context.registry)
    model = epoch.find_model(version, context, group=row["Model"], released=_read_date(row["date"]))
    if printed is None:
        return parsed.reject(place, NOT_A_NUMBER, row["performance"])
    if not 0 <= printed <= 1:
        return parsed.reject(place, OUT_OF_RANGE, f"{printed:g}: a fraction lies in 0-1")
    if benchmark is None:
        return parsed.reject(place, UNKNOWN_BENCHMARK, row["benchmark"])
    if model is None:
        return parsed.reject(place, UNKNOWN_MODEL, version)
    parsed.scores.append(_shape(row, context, day, version, model, benchmark, printed))


def _shape(row: dict, context: Context, day: date, version: str, model: str, benchmark: str, printed: float) -> Score:
    score, note, is_bound = epoch.undo_chance(benchmark, printed)
    if row["benchmark"].strip().lower() == "terminal bench":
        known = "its reference is the 2.0 board" if row["source"].strip() else "its other rows are of the 2.0 board"
        note = f"Epoch's file says Terminal Bench only; {known}"
    return Score(
        model=model,
        benchmark=benchmark,
        source=context.source.id,
        source_url=context.options.source_url or ADDRESS,
        setting=version,
        effort=read_effort(version, model),
        protocol=Protocol(benchmark=benchmark, metric="accuracy"),
        score=score,
        published_date=day,
        is_provisional=is_bound,
        notes=note,
        **epoch.attribute(row["source"], model),
    )


def _read_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
