"""Import figures from a plain documented CSV: the way in for everything that has no importer of its own.

Before: a CSV in the columns of `TEMPLATE`, one row a figure, made by whoever read a publication. After: one figure a
row, checked strictly, filed under the row's registered source or under `scores-csv`.
"""

from collections.abc import Sequence

from pydantic import ValidationError

from collectors.efforts import read_effort
from collectors.errors import UsageError
from collectors.importers.contract import UNKNOWN_BENCHMARK, UNKNOWN_MODEL, WRONG_FIELDS, Context, Parsed, Payload
from collectors.importers.fetching import Fetcher
from collectors.importers.opening import read_csv
from collectors.records import Protocol, Score

REQUIRED = ("model", "benchmark", "score", "origin", "reported_by", "source_url", "published_date")
OPTIONAL = (
    "metric", "unit", "stderr", "setting", "effort", "n_shot", "n_samples", "reporter_relation", "first_known_date",
    "board", "is_provisional", "source", "notes",
)  # fmt: skip
TEMPLATE = (
    ",".join((*REQUIRED, *OPTIONAL)) + "\n"
    "openai/gpt-4,gsm8k,0.92,vendor,OpenAI: GPT-4 Technical Report,https://arxiv.org/abs/2303.08774,2023-03-15,"
    "accuracy,fraction,,5-shot CoT,,5,,own,2023-03-15,,false,,an example: replace it\n"
)
"""The header and one example row; docs/importing.md says what each column means."""
BAD_VALUE = "value does not fit its column"
_FLAGS = {"true": True, "false": False, "": False}
_COPIED = ("unit", "stderr", "setting", "effort", "origin", "reporter_relation", "reported_by", "source_url",
           "published_date", "first_known_date", "n_samples", "notes")  # fmt: skip


def collect(place: str | None, fetcher: Fetcher) -> Sequence[Payload]:
    """Return the CSV at `place`, which must be given."""
    if place is None:
        raise UsageError("import scores-csv: a file is missing; got none. `--template` prints one to fill in.")
    return [fetcher.fetch(place)]


def parse(payload: Payload, context: Context) -> Parsed:
    """Return a figure for every row that is right in every column, or why not."""
    parsed = Parsed()
    for line, row in read_csv(payload.main, REQUIRED):
        parsed.n_rows += 1
        place = f"{payload.main.name}:{line}"
        problem = _find_problem(row, context, line)
        if problem:
            parsed.reject(place, *problem)
            continue
        try:
            parsed.scores.append(_shape(row, context))
        except ValidationError as error:
            item = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in item["loc"])
            parsed.reject(place, BAD_VALUE, f"{field}: {item['msg']}; got {item.get('input')!r}")
    days = [score.published_date for score in parsed.scores if score.published_date]
    parsed.snapshot_date = max(days, default=None)
    return parsed


def _find_problem(row: dict | None, context: Context, line: int) -> tuple[str, str] | None:
    if row is None:
        return WRONG_FIELDS, f"line {line}"
    unknown = [name for name in row if name not in REQUIRED and name not in OPTIONAL]
    if unknown:
        return BAD_VALUE, f"{unknown[0]}: no such column"
    empty = [name for name in REQUIRED if not row[name].strip()]
    if empty:
        return BAD_VALUE, f"{empty[0]}: empty"
    if context.names.find(row["model"]) is None:
        return UNKNOWN_MODEL, row["model"].strip()
    if row["benchmark"].strip() not in context.registry.benchmarks:
        return UNKNOWN_BENCHMARK, row["benchmark"].strip()
    if (row.get("source") or "").strip() not in ("", *context.registry.sources):
        return BAD_VALUE, f"source: not registered; got {row['source']!r}"
    if (row.get("is_provisional") or "").strip().lower() not in _FLAGS:
        return BAD_VALUE, f"is_provisional: true or false; got {row['is_provisional']!r}"
    return None


def _shape(row: dict, context: Context) -> Score:
    given = {name: text.strip() for name, text in row.items() if text.strip()}
    model = context.names.find(given["model"])
    benchmark = context.registry.benchmarks[given["benchmark"]]
    fields = {name: given[name] for name in _COPIED if name in given}
    fields.setdefault("unit", benchmark.unit)
    fields.setdefault("effort", read_effort(given.get("setting"), model))
    protocol = Protocol(
        benchmark=benchmark.id,
        metric=given.get("metric") or ("elo" if benchmark.unit == "elo" else "accuracy"),
        n_shot=given.get("n_shot"),
        board=given.get("board"),
    )
    return Score(
        model=model,
        benchmark=benchmark.id,
        source=given.get("source") or context.source.id,
        protocol=protocol,
        score=given["score"],
        is_provisional=_FLAGS[given.get("is_provisional", "").lower()],
        **fields,
    )
