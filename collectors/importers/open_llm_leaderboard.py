"""Import results of the Open LLM Leaderboard, first edition (2023-24) and second (2024-25).

Before: a results file of one model, of either edition; or the second edition's table as JSON, a row a model. After: the
raw accuracies. The second edition's columns are rescaled by chance: those are never taken for accuracies.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from collectors.errors import PayloadError
from collectors.importers.benchmark_names import OTHER_METRIC, UNKNOWN_TASK, BenchmarkNames
from collectors.importers.contract import Context, Parsed, Payload, read_count, read_number
from collectors.importers.fetching import Fetcher, is_url, list_files
from collectors.importers.lm_eval_results import parse_results
from collectors.importers.log_figures import LogFigures, read_time
from collectors.importers.opening import read_json
from collectors.records import Protocol

REPORTER = "Open LLM Leaderboard"
FLAGGED = "the leaderboard flagged the model"
N_SUBJECTS = 57
"""Of MMLU: the first edition's score is the plain mean of all."""
_PREFIX = "harness|"
_DAY = re.compile(r"results_(\d{4}-\d{2}-\d{2})T")
_COLUMNS = {"IFEval Raw": "ifeval", "BBH Raw": "bbh", "MATH Lvl 5 Raw": "math", "GPQA Raw": "gpqa",
            "MUSR Raw": "musr", "MMLU-PRO Raw": "mmlu_pro"}  # fmt: skip
_SECOND = {"ifeval": ("strict accuracy, mean of prompt and instruction level", 0), "bbh": ("acc_norm", 3),
           "math": ("exact_match", 4), "mmlu_pro": ("acc", 5)}  # fmt: skip


def collect(place: str | None, fetcher: Fetcher) -> Sequence[Payload]:
    """Return a payload for each JSON file below `place`; the one at an address."""
    if place is None:
        raise PayloadError("import open-llm-leaderboard: no place was given. Name a file or a folder of results.")
    if is_url(place):
        return [fetcher.fetch(place)]
    found = list_files(place, lambda path: path.suffix == ".json")
    return [fetcher.keep([file], place) for file in found]


def parse(payload: Payload, context: Context) -> Parsed:
    """Return the figures of a results file or of a table, told apart by their shape."""
    document = read_json(payload.main)
    rows = _find_rows(document)
    if rows is not None:
        return _parse_table(rows, payload, context)
    if isinstance(document, dict):
        results = document.get("results", document)
        if isinstance(results, dict) and any(str(key).startswith(_PREFIX) for key in results):
            return _parse_first(document, results, payload, context)
        if isinstance(results, dict) and any(str(key).startswith("leaderboard") for key in results):
            names = BenchmarkNames(context.registry, "lm-eval")
            return parse_results(document, payload, context, names, origin="leaderboard", reported_by=REPORTER)
    raise PayloadError(f"{payload.main.name}: no results of the Open LLM Leaderboard. Check what it is.")


def _parse_first(document: Mapping, results: Mapping, payload: Payload, context: Context) -> Parsed:
    """Return the first edition's figures: `harness|<task>|<shots>`, each with the metric that the board showed."""
    config = next((document[key] for key in ("config_general", "config") if isinstance(document.get(key), dict)), {})
    # The files' own times count from when a machine was started; the day is in the name.
    day = _DAY.search(payload.main.name)
    figures = _begin(payload, context, read_time(day[1]) if day else None)
    names = BenchmarkNames(context.registry, "open-llm-leaderboard-v1")
    model, subjects = str(config.get("model_name") or ""), []
    for key, row in results.items():
        task, shots = _split_key(key)
        cells = [name for name in row if not name.endswith("_stderr")] if isinstance(row, dict) and task else []
        figures.parsed.n_rows += len(cells)
        name, _, subject = (task or "").partition("-")
        meaning = names.find(task or "") or names.find(name)
        chosen = next((metric for metric in meaning.metrics if metric in cells), None) if meaning else None
        place = f"{payload.main.name}:{key}"
        if meaning is None:
            names.reject(figures.parsed, place, task or key, len(cells))
            continue
        if len(cells) > (chosen is not None):
            figures.parsed.reject(place, OTHER_METRIC, task, len(cells) - (chosen is not None))
        if chosen is None:
            continue
        protocol = Protocol(benchmark=meaning.benchmark, metric=chosen, harness="lm-eval", task=task, n_shot=shots)
        stderr = row.get(f"{chosen}_stderr")
        score = figures.offer(place, model, row[chosen], protocol, stderr=stderr, subtask=subject or None)
        if score and subject:
            subjects.append(score)
    _offer_mean(figures, payload, model, subjects)
    return figures.parsed


def _offer_mean(figures: LogFigures, payload: Payload, name: str, subjects: Sequence) -> None:
    """Take in MMLU as the board counts it, the mean of all subjects, where all of them are there."""
    if len(subjects) != N_SUBJECTS:
        return
    errors = [score.stderr for score in subjects]
    stderr = None if None in errors else math.sqrt(sum(error**2 for error in errors)) / N_SUBJECTS
    protocol = subjects[0].protocol.model_copy(update={"task": "hendrycksTest"})
    note = f"mean of the {N_SUBJECTS} subjects, as the leaderboard counts it"
    figures.parsed.n_rows += 1
    mean = sum(score.score for score in subjects) / N_SUBJECTS
    figures.offer(payload.main.name, name, mean, protocol, stderr=stderr, notes=note)


def _split_key(key: object) -> tuple[str | None, int | None]:
    """Return task and shots of `harness|<task>|<shots>`; None, None for the row of means and for other keys."""
    parts = str(key).split("|")
    if len(parts) != 3 or parts[0] != "harness":
        return None, None
    return parts[1], read_count(parts[2])


def _find_rows(document: object) -> list | None:
    """Return the rows of a table: a list, or the pages of the hub's data set server."""
    if isinstance(document, dict) and isinstance(document.get("rows"), list):
        document = [row.get("row") if isinstance(row, dict) else row for row in document["rows"]]
    return document if isinstance(document, list) else None


def _parse_table(rows: Sequence, payload: Payload, context: Context) -> Parsed:
    figures = _begin(payload, context, None)
    names = BenchmarkNames(context.registry, "open-llm-leaderboard-v2")
    for number, row in enumerate(rows):
        if isinstance(row, dict):
            _take_row(figures, f"{payload.main.name}: row {number}", row, names)
    if not figures.parsed.n_rows:
        raise PayloadError(f"{payload.main.name}: no row of the Open LLM Leaderboard in it. Check what it is.")
    return figures.parsed


def _take_row(figures: LogFigures, place: str, row: Mapping, names: BenchmarkNames) -> None:
    model = row.get("model") if isinstance(row.get("model"), dict) else {}
    features = row.get("features") if isinstance(row.get("features"), dict) else {}
    name = str(model.get("name") or row.get("fullname") or "")
    submitted = (row.get("metadata") or {}).get("submission_date") if isinstance(row.get("metadata"), dict) else None
    day = _read_day(submitted or row.get("Submission Date"))
    has_template = model.get("has_chat_template", row.get("Chat Template"))
    for key, value in _list_values(row):
        figures.parsed.n_rows += 1
        meaning = names.find(key)
        if features.get("is_flagged") or row.get("Flagged"):
            figures.parsed.reject(place, FLAGGED, name)
        elif meaning is None:
            figures.parsed.reject(place, UNKNOWN_TASK, key)
        else:
            metric, shots = _SECOND[key]
            protocol = Protocol(
                benchmark=meaning.benchmark, metric=metric, harness="lm-eval", task=f"leaderboard_{key}", n_shot=shots,
                chat_template=has_template if isinstance(has_template, bool) else None,
            )  # fmt: skip
            figures.offer(place, name, value, protocol, published_date=day)


def _list_values(row: Mapping) -> Iterator[tuple[str, object]]:
    """Yield key and raw value of each figure of a row, of either shape of the table."""
    evaluations = row.get("evaluations")
    if isinstance(evaluations, dict):
        for key, cell in evaluations.items():
            yield str(key), cell.get("value") if isinstance(cell, dict) else None
    for column, key in _COLUMNS.items():
        if column in row:
            yield key, row[column]


def _read_day(value: object) -> date | None:
    moment = read_time(value) if value and read_number(value) is None else None
    return moment.date() if moment else None


def _begin(payload: Payload, context: Context, logged_at: datetime | None) -> LogFigures:
    return LogFigures(payload, context, logged_at=logged_at, origin="leaderboard", reported_by=REPORTER)
