"""Import Inspect logs: `.json`, and `.eval`, a zip file of header, samples and summaries.

Before: one log of one task and model. After: the score that stands for the task's benchmark, its standard error, and
the marks of its samples by epoch. Of an archive only the header and the summaries are read, never the transcripts.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from collectors.errors import PayloadError
from collectors.importers.benchmark_names import OTHER_METRIC, BenchmarkNames, Meaning
from collectors.importers.contract import Context, Parsed, Payload, RawFile, read_count, read_number
from collectors.importers.fetching import Fetcher, is_url, list_files
from collectors.importers.inspect_archive import InspectArchive
from collectors.importers.log_figures import LogFigures, name_part, read_time
from collectors.importers.opening import read_json
from collectors.records import SAMPLES, Outcome, Protocol

ENDINGS = (".json", ".eval")
UNFINISHED = "evaluation did not succeed"
SEVERAL_SCORERS = "several scorers give this metric"
_ZIP = b"PK"
_ERRORS = ("stderr", "bootstrap_stderr")
_NO_SCORE = {*_ERRORS, "std", "var", "bootstrap_std"}
_MARKS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
"""Inspect's letters: correct, partial, incorrect, no answer."""
_SUBSETS = ("subjects", "subject", "dataset_name", "level")
_PARTIAL = ("sample_id", "sample_shuffle")


def collect(place: str | None, fetcher: Fetcher) -> Sequence[Payload]:
    """Return a payload for each log below `place`; the one at an address."""
    if place is None:
        raise PayloadError("import inspect: no place was given. Name a log or a folder of logs.")
    if is_url(place):
        return [fetcher.fetch(place)]
    found = list_files(place, lambda path: path.suffix in ENDINGS and path.name != "logs.json")
    return [fetcher.keep([file], place) for file in found]


def parse(payload: Payload, context: Context) -> Parsed:
    """Return the log's figures, and its samples where a score stands."""
    header, samples = _read_log(payload.main)
    spec, results = _get(header, "eval", dict), _get(header, "results", dict)
    if not spec or not isinstance(spec.get("task"), str):
        raise PayloadError(f"{payload.main.name}: no Inspect log; it names no task. Check what it is.")
    figures = LogFigures(payload, context, logged_at=read_time(spec.get("created")))
    figures.parsed.details = {key: spec[key] for key in ("task", "eval_id", "run_id") if isinstance(spec.get(key), str)}
    rows = list(_list_metrics(results))
    figures.parsed.n_rows = len(rows)
    if header.get("status") != "success" or header.get("invalidated"):
        status = "invalidated" if header.get("invalidated") else header.get("status")
        figures.parsed.reject(payload.main.name, UNFINISHED, f"{spec['task']}: {status}", len(rows))
        return figures.parsed
    task = spec["task"].rpartition("/")[2]
    names = BenchmarkNames(context.registry, "inspect")
    meaning = names.find(task)
    if meaning is None:
        names.reject(figures.parsed, payload.main.name, task, len(rows))
        return figures.parsed
    chosen = _choose(rows, meaning)
    for row in rows:
        if row is not chosen:
            reason = SEVERAL_SCORERS if chosen is None and row["metric"] in meaning.metrics else OTHER_METRIC
            figures.parsed.reject(payload.main.name, reason, f"{task}: {row['scorer']}/{row['metric']}")
    if chosen and _offer(figures, payload, spec, meaning, chosen, header):
        figures.parsed.samples = _tabulate(samples, chosen["scorer"], task, _name_part(spec))
    return figures.parsed


def _read_log(file: RawFile) -> tuple[dict, Iterator[Mapping]]:
    """Return the header of a log and its samples, of an archive their summaries."""
    with file.path.open("rb") as stream:
        is_archive = stream.read(2) == _ZIP
    if is_archive:
        with InspectArchive(file) as archive:
            return archive.read_header(), archive.read_summaries()
    document = read_json(file)
    if not isinstance(document, dict):
        raise PayloadError(f"{file.name}: no Inspect log; got a {type(document).__name__}. Check what it is.")
    samples = _get(document, "samples", list)
    return document, (sample for sample in samples if isinstance(sample, dict))


def _list_metrics(results: Mapping) -> Iterator[dict]:
    """Yield every number that the log offers as a score: scorer, metric, value, its scorer's standard error."""
    for score in _get(results, "scores", list):
        if not isinstance(score, dict):
            continue
        metrics = _get(score, "metrics", dict)
        values = {name: metric.get("value") for name, metric in metrics.items() if isinstance(metric, dict)}
        stderr = next((values[name] for name in _ERRORS if name in values), None)
        for name, value in values.items():
            if name not in _NO_SCORE:
                yield {
                    "scorer": str(score.get("name")), "metric": name, "value": value, "stderr": stderr,
                    "reducer": score.get("reducer"), "scored": score.get("scored_samples"),
                }  # fmt: skip


def _choose(rows: Sequence[Mapping], meaning: Meaning) -> Mapping | None:
    """Return the number that stands for the benchmark; None where no scorer, or more than one, gives it."""
    for metric in meaning.metrics:
        found = [row for row in rows if row["metric"] == metric]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _offer(
    figures: LogFigures, payload: Payload, spec: Mapping, meaning: Meaning, row: Mapping, header: Mapping
) -> object:
    name = str(spec.get("model") or "")
    protocol = Protocol(
        benchmark=meaning.benchmark,
        metric=row["metric"],
        harness="inspect",
        task=spec["task"],
        task_version=str(spec.get("task_version", "")) or None,
        filter=row["scorer"],
        generation=_read_generation(spec, header, row),
    )
    return figures.offer(
        payload.main.name,
        name,
        row["value"],
        protocol,
        stderr=row["stderr"],
        # An address of a model begins with who serves it; its own name follows.
        model=figures.find_model(name, name.partition("/")[2]),
        task=spec["task"].rpartition("/")[2],
        subtask=_name_part(spec),
        **_count_samples(spec, header, row),
    )


def _count_samples(spec: Mapping, header: Mapping, row: Mapping) -> dict[str, object]:
    """Return on how many items a score rests, how many failed, and the share that did not; epochs are one item."""
    results = _get(header, "results", dict)
    epochs = read_count(_get(spec, "config", dict).get("epochs")) or 1
    total, completed, scored = (
        read_count(value) for value in (results.get("total_samples"), results.get("completed_samples"), row["scored"])
    )
    if total is None or completed is None or not 0 < completed <= total:
        return {}
    n_items = scored if scored is not None and 0 < scored <= completed else completed // epochs
    return {"n_samples": n_items, "n_failed": -(-(total - completed) // epochs), "coverage": completed / total}


def _read_generation(spec: Mapping, header: Mapping, row: Mapping) -> dict[str, object]:
    plan = _get(_get(header, "plan", dict), "config", dict)
    settings = {**plan, **_get(spec, "model_generate_config", dict), **_get(spec, "task_args", dict)}
    epochs = _get(spec, "config", dict).get("epochs")
    more = {"epochs": epochs, "reducer": row["reducer"]} if epochs and epochs != 1 else {}
    plain = (str, int, float, bool)
    return {key: value for key, value in (settings | more).items() if isinstance(value, plain) and value == value}


def _name_part(spec: Mapping) -> str | None:
    """Return what part of the benchmark was asked, by chosen subjects or a limit; None for the whole."""
    arguments, config = _get(spec, "task_args", dict), _get(spec, "config", dict)
    given = [arguments[key] for key in _SUBSETS if arguments.get(key) not in (None, [], "", "all")]
    chosen = ["+".join(map(str, value)) if isinstance(value, list) else str(value) for value in given]
    chosen += [key for key in _PARTIAL if key == "sample_id" and config.get(key)]
    limit, whole = config.get("limit"), read_number(_get(spec, "dataset", dict).get("samples"))
    asked = _get(_get(spec, "dataset", dict), "sample_ids", list)
    if isinstance(limit, list):
        limit = len(asked)
    if whole and len(asked) >= whole:
        limit = None
    return name_part("/".join(chosen) or None, limit)


def _tabulate(samples: Iterator[Mapping], scorer: str, task: str, part: str | None) -> pa.Table | None:
    rows = [row for sample in samples if (row := _shape(sample, scorer, task, part))]
    keys = {(row["doc_id"], row["repeat"]) for row in rows}
    return pa.Table.from_pylist(rows, schema=SAMPLES) if rows and len(keys) == len(rows) else None


def _shape(sample: Mapping, scorer: str, task: str, part: str | None) -> dict | None:
    score = _get(_get(sample, "scores", dict), scorer, dict)
    prompt, target, answer = sample.get("input"), sample.get("target"), score.get("answer")
    outcome = _read_outcome(sample)
    epoch = read_count(sample.get("epoch", 1))
    if sample.get("id") is None or not epoch:
        return None
    return {
        "task": task,
        "subtask": part,
        "doc_id": make_doc_id(sample["id"]),
        "repeat": epoch - 1,
        "outcome": outcome,
        "prompt": prompt if isinstance(prompt, str) else None,
        "target": target if isinstance(target, str) else None,
        "filtered_answer": answer if isinstance(answer, str) else None,
        "mark": read_mark(score.get("value")) if outcome in (Outcome.OK, Outcome.TRUNCATED) else None,
    }


def _read_outcome(sample: Mapping) -> Outcome:
    """Return how a sample ended. Inspect tells an error and a limit that was met; which error only in free text."""
    if sample.get("error"):
        return Outcome.HTTP_ERROR
    return Outcome.TRUNCATED if sample.get("limit") else Outcome.OK


def read_mark(value: object) -> float | None:
    """Return a sample's mark in 0-1, or None where its score is none: a word, a table, a number outside."""
    if isinstance(value, bool):
        return float(value)
    number = _MARKS.get(value) if isinstance(value, str) else None
    number = read_number(value) if number is None else number
    return number if number is not None and 0 <= number <= 1 else None


def make_doc_id(sample_id: object) -> int:
    """Return a whole number for a sample's id: itself where it is one, else from its hash, the same for every model."""
    text = str(sample_id)
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


def _get(table: Mapping, key: str, kind: type):
    value = table.get(key) if isinstance(table, Mapping) else None
    return value if isinstance(value, kind) else kind()
