"""The landing contract: what one landed run holds, shared by those who write evidence and the warehouse.

`landing/run=<id>/` holds `manifest.json` (a `Manifest`), `results.json` (`{"scores": [Score, …], "lm_eval": {…}}`)
and, for runs that we measured or that came with items, `samples.parquet` and `calls.parquet` in the schemas below.
A later attempt at the same run lands beside the first, as `run=<id>.a<attempt>/`; the newest attempt stands.
"""

import hashlib
import json
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from collectors.entries import Origin, Unit

SCHEMA_VERSION = 1


class Outcome(StrEnum):
    """How one call ended."""

    OK = "ok"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    MALFORMED = "malformed"
    TIMEOUT = "timeout"
    NETWORK = "network"
    HTTP_ERROR = "http_error"


ANSWERED = frozenset({Outcome.OK})
UNANSWERED = frozenset({Outcome.REFUSED, Outcome.TRUNCATED})
"""The model's own silence: wrong in the strict score, left out of the answered-only one."""
INFRASTRUCTURE = frozenset(Outcome) - ANSWERED - UNANSWERED
"""The endpoint's failure: never scored; a run with one left is incomplete."""

PRINTED_TOLERANCE = {"fraction": 0.00051, "elo": 0.51}
"""Two numbers this near are one number that one of two publications prints with fewer digits: 81.2%, 1157."""


class Record(BaseModel):
    """The base of landed records: closed, immutable, no NaN or infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Protocol(Record):
    """How a score was taken. Scores compare only within one protocol; `protocol_id` is its hash.

    Measured: everything from `task_version` on is known. Published: what the source states, plus `board` for
    ratings, which compare only within one dated board and setting.
    """

    benchmark: str
    metric: str
    harness: str | None = None
    lm_eval_version: str | None = None
    task: str | None = None
    task_version: str | None = None
    task_hash: str | None = None
    filter: str | None = None
    n_shot: int | None = None
    generation: dict[str, object] = {}
    chat_template: bool | None = None
    board: str | None = None

    @property
    def protocol_id(self) -> str:
        """Return 16 hex digits that are equal where every field is."""
        body = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(body.encode()).hexdigest()[:16]


class Score(Record):
    """One model's figure on one benchmark (or one subtask of it), with who measured it and how.

    `score` is 0–1, or a rating where `unit` is elo; it counts unanswered items as wrong (strict). It is None where
    infrastructure failures are left. `stderr` is None where unknown, never 0 for want of knowledge.
    """

    model: str
    benchmark: str
    task: str | None = None
    subtask: str | None = None
    origin: Origin
    source: str
    source_url: str | None = None
    reported_by: str | None = None
    reporter_relation: Literal["own", "competitor", "unclassified"] | None = None
    setting: str | None = None
    effort: str | None = None
    protocol: Protocol
    unit: Unit = "fraction"
    score: float | None
    stderr: Annotated[float, Field(ge=0)] | None = None
    score_answered_only: float | None = None
    stderr_answered_only: Annotated[float, Field(ge=0)] | None = None
    coverage: Annotated[float, Field(ge=0, le=1)] | None = None
    n_samples: Annotated[int, Field(ge=0)] | None = None
    n_failed: Annotated[int, Field(ge=0)] | None = None
    published_date: date | None = None
    first_known_date: date | None = None
    measured_at: datetime | None = None
    is_provisional: bool = False
    notes: str | None = None


class Manifest(Record):
    """What a landed run is: whose, when, complete or not, and the checksums of its files."""

    schema_version: int = SCHEMA_VERSION
    run: str
    attempt: Annotated[int, Field(ge=1)] = 1
    kind: Literal["measured", "published"]
    status: Literal["complete", "incomplete"]
    endpoint: str | None = None
    model: str | None = None
    served_model: str | None = None
    is_simulated: bool = False
    suite: str | None = None
    source: str | None = None
    tasks: tuple[str, ...] = ()
    limit: int | None = None
    scheduled_for: datetime | None = None
    started_at: datetime
    finished_at: datetime
    lm_eval_version: str | None = None
    modelgap_version: str
    seed: int | None = None
    cost_usd: Annotated[float, Field(ge=0)] | None = None
    outcomes: dict[str, int] = {}
    failures: dict[str, int] = {}
    files: dict[str, str] = {}


SAMPLES = pa.schema(
    [
        ("task", pa.string()),
        ("subtask", pa.string()),
        ("doc_id", pa.int64()),
        ("doc_hash", pa.string()),
        ("repeat", pa.int32()),
        ("cluster", pa.string()),
        ("outcome", pa.string()),
        ("prompt", pa.string()),
        ("target", pa.string()),
        ("answer", pa.string()),
        ("filtered_answer", pa.string()),
        ("mark", pa.float64()),
    ]
)
"""One row per item and repeat. `mark` is 0–1 under the task's metric and filter; None where no mark was due."""

CALLS = pa.schema(
    [
        ("call_key", pa.string()),
        ("task", pa.string()),
        ("doc_id", pa.int64()),
        ("repeat", pa.int32()),
        ("outcome", pa.string()),
        ("detail", pa.string()),
        ("attempts", pa.int32()),
        ("started_at", pa.timestamp("us", tz="UTC")),
        ("latency_s", pa.float64()),
        ("input_tokens", pa.int64()),
        ("output_tokens", pa.int64()),
        ("thinking_tokens", pa.int64()),
        ("finish_reason", pa.string()),
        ("http_status", pa.int32()),
        ("returned_model", pa.string()),
        ("fingerprint", pa.string()),
        ("request_id", pa.string()),
        ("answer", pa.string()),
        ("thinking", pa.string()),
    ]
)
"""One row per request of lm-eval, as its last attempt ended. `detail` names the fault in words fit to show."""
