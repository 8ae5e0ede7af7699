"""Read the items that lm-eval logged, by the million: JSON lines to Parquet, through DuckDB.

Before: `samples_<task>_<time>.jsonl`, a line for each document and filter. After: for each task what its marks say of
its score, and its rows in the schema `SAMPLES` in a file of their own, read from JSON once and never held in memory.
"""

import re
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from collectors.errors import PayloadError
from collectors.importers.contract import RawFile
from collectors.importers.opening import MAX_LINE_BYTES
from collectors.records import SAMPLES, Outcome

MEMORY_LIMIT = "512MB"
BATCH_ROWS = 50_000
_GZIP = b"\x1f\x8b"

_COLUMNS = """{doc_id: 'VARCHAR', doc_hash: 'VARCHAR', target: 'VARCHAR', arguments: 'JSON', resps: 'JSON',
    filtered_resps: 'JSON', "filter": 'VARCHAR', $mark: 'VARCHAR'}"""
# A generated answer is a text; what multiple-choice tasks log, log-likelihoods, is no answer and is never empty.
_ITEMS = f"""
    SELECT
        try_cast(doc_id AS BIGINT) AS doc_id, doc_hash, target, arguments, resps, filtered_resps,
        CASE lower($mark) WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE try_cast($mark AS DOUBLE) END AS value,
        coalesce(json_type(resps, '$[0][0]') = 'VARCHAR', false) AS is_text,
        is_text AND len(list_filter(resps->>'$[0][*]', lambda answer: trim(answer) = '')) > 0 AS is_empty
    FROM read_json(
        $path, format = 'newline_delimited', compression = '$compression', columns = {_COLUMNS},
        maximum_object_size = {MAX_LINE_BYTES}
    )
    WHERE "filter" IS NULL OR $filter IS NULL OR "filter" = $filter
"""
_SUMMARY = """
    SELECT
        count(*) AS n_rows, count(DISTINCT doc_id) AS n_items,
        count(*) FILTER (value IS NULL OR isnan(value) OR value NOT BETWEEN 0 AND 1) AS n_unmarked,
        count(*) FILTER (is_empty) AS n_empty,
        avg(value) AS mean, stddev_samp(value) / sqrt(count(*)) AS stderr,
        avg(value) FILTER (NOT is_empty) AS mean_answered,
        stddev_samp(value) FILTER (NOT is_empty) / sqrt(count(*) FILTER (NOT is_empty)) AS stderr_answered
    FROM item
"""
_SHAPED = f"""
    SELECT doc_id, mark AS value, outcome = '{Outcome.EMPTY}' AS is_empty
    FROM read_parquet($shaped) WHERE repeat = 0
"""
# A column that is never NULL is written as another type than the landing contract's; without a doc_id nothing lands.
_ROWS = f"""
    SELECT
        CASE WHEN doc_id IS NOT NULL THEN $task END AS task,
        CASE WHEN doc_id IS NOT NULL THEN $subtask END AS subtask,
        doc_id, doc_hash, (repeat - 1)::INTEGER AS repeat,
        NULL::VARCHAR AS "cluster",
        CASE WHEN doc_id IS NULL THEN NULL WHEN is_empty THEN '{Outcome.EMPTY}' ELSE '{Outcome.OK}' END AS outcome,
        coalesce(
            arguments->>'$.gen_args_0.arg_0[0]', arguments->>'$.gen_args_0.arg_0', arguments->>'$[0][0]'
        ) AS prompt,
        target,
        CASE WHEN is_text THEN resps->>('$[0][' || (repeat - 1) || ']') END AS answer,
        CASE WHEN NOT is_empty THEN filtered_resps->>'$[0]' END AS filtered_answer,
        CASE WHEN repeat = 1 AND NOT is_empty THEN value END AS mark
    FROM (
        SELECT *, CASE WHEN is_text THEN json_array_length(resps, '$[0]')::BIGINT ELSE 1 END AS n_repeats,
            unnest(range(1, 1 + n_repeats)) AS repeat
        FROM item
    )
"""


@dataclass(frozen=True)
class SampleFile:
    """One file of samples: the task and subtask to file it under, and the metric and filter whose marks count."""

    file: RawFile
    task: str
    subtask: str | None
    metric: str
    filter: str | None


@dataclass(frozen=True)
class Summary:
    """What the marks of a file say. An empty answer is one that lm-eval counts wrong, whatever the reason."""

    n_rows: int
    n_items: int
    n_unmarked: int
    n_empty: int
    mean: float | None
    stderr: float | None
    mean_answered: float | None
    stderr_answered: float | None

    @property
    def is_sound(self) -> bool:
        """Say whether each row is an item of its own with a mark in 0-1."""
        return self.n_rows == self.n_items > 0 and self.n_unmarked == 0


def shape_samples(source: SampleFile, shaped: Path) -> Summary:
    """Return what the marks of a file say, its rows written to the Parquet file `shaped` in the schema `SAMPLES`.

    Raises PayloadError where it is no file of samples, or is torn.
    """
    with _open(source, shaped) as connection:
        rows = f"WITH item AS ({_fill(_ITEMS, source)}) {_fill(_ROWS, source)}"
        connection.execute(f"COPY ({rows}) TO {_quote(str(shaped))} (FORMAT parquet, COMPRESSION zstd)")
        found = _summarise(connection, _SHAPED.replace("$shaped", _quote(str(shaped))))
        # An empty answer has no mark there, and yet lm-eval counts one.
        return _summarise(connection, _fill(_ITEMS, source)) if found.n_empty else found


def join_samples(shaped: Sequence[Path]) -> Path | pa.RecordBatchReader:
    """Return the one file of rows, or the rows of several as one stream, read as it is drawn upon."""
    if len(shaped) == 1:
        return shaped[0]
    files = (pq.ParquetFile(path) for path in shaped)
    return pa.RecordBatchReader.from_batches(
        SAMPLES, (batch.cast(SAMPLES) for file in files for batch in file.iter_batches(BATCH_ROWS))
    )


def _summarise(connection, items: str) -> Summary:
    return Summary(*connection.sql(f"WITH item AS ({items}) {_SUMMARY}").fetchall()[0])


@contextmanager
def _open(source: SampleFile, shaped: Path):
    """Yield a DuckDB that may read the one file, write the other and nothing else; its errors come as PayloadError."""
    import duckdb

    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        # Drawn on standard output, where one document is promised.
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        connection.execute("SET allowed_paths = [?, ?]", [str(source.file.path), str(shaped)])
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        try:
            yield connection
        except duckdb.Error as error:
            text = str(error).replace(str(source.file.path), source.file.name).splitlines()[0]
            raise PayloadError(f"{source.file.name}: not lm-eval samples; got {text[:300]}. Fetch it again.") from None


def _fill(sql: str, source: SampleFile) -> str:
    with source.file.path.open("rb") as file:
        compression = "gzip" if file.read(2) == _GZIP else "none"
    values = {
        "$path": _quote(str(source.file.path)),
        "$compression": compression,
        "$mark": '"' + source.metric.replace('"', '""') + '"',
        "$filter": _quote(source.filter),
        "$task": _quote(source.task),
        "$subtask": _quote(source.subtask),
    }
    # In one pass: a name from the log must not be taken for a place to fill.
    return re.sub(r"\$[a-z]+", lambda found: values[found[0]], sql)


def _quote(text: str | None) -> str:
    return "NULL::VARCHAR" if text is None else "'" + text.replace("'", "''") + "'"
