"""Read the instances of an Every Eval Ever record: JSON lines, a line an item and result, as a stream.

Before: `<record>_samples.jsonl`. After: rows in the schema `SAMPLES` for the results that became scores.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from collectors.importers.contract import RawFile
from collectors.importers.inspect_logs import make_doc_id, read_mark
from collectors.importers.opening import read_json_lines
from collectors.records import INFRASTRUCTURE, SAMPLES, Outcome, Score

BATCH_ROWS = 20_000
_ERRORS = (
    ("refus", Outcome.REFUSED),
    ("content_filter", Outcome.REFUSED),
    ("timeout", Outcome.TIMEOUT),
    ("timed out", Outcome.TIMEOUT),
    ("trunc", Outcome.TRUNCATED),
    ("connection", Outcome.NETWORK),
)


def list_instances(record: Path, beside: Iterable[Path]) -> list[Path]:
    """Return the files of instances that lie beside a record."""
    return [path for path in beside if path.name in (f"{record.stem}_samples.jsonl", f"{record.stem}.jsonl")]


def stream_instances(file: RawFile, scores: Mapping[str, Score]) -> pa.RecordBatchReader:
    """Return the instances of results that became scores, by the result's id or its name.

    Raises PayloadError, while it is drawn upon, where the file is torn or is no JSON lines.
    """
    return pa.RecordBatchReader.from_batches(SAMPLES, _batch(_read(file, scores)))


def _batch(rows: Iterator[dict]) -> Iterator[pa.RecordBatch]:
    batch: list[dict] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH_ROWS:
            yield pa.RecordBatch.from_pylist(batch, schema=SAMPLES)
            batch = []
    if batch:
        yield pa.RecordBatch.from_pylist(batch, schema=SAMPLES)


def _read(file: RawFile, scores: Mapping[str, Score]) -> Iterator[dict]:
    for _, row in read_json_lines(file):
        score = _find(row, scores)
        if score is None or row.get("sample_id") is None:
            continue
        given, output = _table(row, "input"), _table(row, "output")
        answers = output.get("raw") if isinstance(output.get("raw"), list) else []
        outcome = _read_outcome(row.get("error"))
        yield {
            "task": score.task,
            "subtask": score.subtask,
            "doc_id": make_doc_id(row["sample_id"]),
            # lm-eval's converter hashes the prompt, in which each model has its own template of a chat.
            "doc_hash": _text(_table(row, "metadata").get("doc_hash")) or _text(row.get("sample_hash")),
            "repeat": 0,
            "outcome": outcome,
            "prompt": _text(given.get("raw")),
            "target": _text(next(iter(given.get("reference") or []), None) if _is_list(given, "reference") else None),
            "answer": _text(answers[0]) if answers else None,
            "filtered_answer": _read_extracted(row),
            "mark": None if outcome in INFRASTRUCTURE else read_mark(_read_score(row, score)),
        }


def _find(row: object, scores: Mapping[str, Score]) -> Score | None:
    if not isinstance(row, dict):
        return None
    identity, name = row.get("evaluation_result_id"), row.get("evaluation_name")
    if isinstance(identity, str):
        return scores.get(identity)
    return scores.get(name) if isinstance(name, str) else None


def _read_score(row: Mapping, score: Score) -> object:
    """Return an item's number; lm-eval's converter lists every metric, and its score is any of them."""
    metrics = _table(row, "metadata").get("lm_eval_metrics")
    return metrics.get(score.protocol.metric) if isinstance(metrics, dict) else _table(row, "evaluation").get("score")


def _read_outcome(error: object) -> Outcome:
    """Return how an item ended; records tell errors in free text."""
    if not error:
        return Outcome.OK
    text = str(error).lower()
    return next((outcome for word, outcome in _ERRORS if word in text), Outcome.HTTP_ERROR)


def _read_extracted(row: Mapping) -> str | None:
    found = row.get("answer_attribution")
    parts = [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []
    return _text(parts[-1].get("extracted_value")) if parts else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _is_list(table: Mapping, key: str) -> bool:
    return isinstance(table.get(key), list)


def _table(parent: object, key: str) -> dict:
    value = parent.get(key) if isinstance(parent, dict) else None
    return value if isinstance(value, dict) else {}
