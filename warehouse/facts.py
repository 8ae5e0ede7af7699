"""Turn landed scores and manifests into the rows of the fact tables, and refuse what cannot be right.

Before: `Landed` runs and the registry. After: Arrow tables in the columns of schema.sql, and a `Reject` for each score
with an unknown model or benchmark, a value out of range, evidence of the wrong kind, or a twin in its run.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import ValidationError

from collectors.efforts import read_tier
from collectors.records import Protocol, Score
from collectors.registry_loader import Registry
from warehouse.ingest import Landed, Reject, explain
from warehouse.repeats import find_repeats

MAX_RATING = 10_000
_COPIED = ("model", "benchmark", "task", "subtask", "origin", "source", "source_url", "reported_by",
           "reporter_relation", "setting", "effort", "unit", "score", "score_answered_only",
           "coverage", "n_samples", "n_failed",
           "published_date", "first_known_date", "measured_at", "is_provisional", "notes")  # fmt: skip
_IDENTITY = ("model", "benchmark", "task", "subtask", "origin", "source", "source_url", "reported_by", "setting",
             "effort", "published_date")  # fmt: skip


@dataclass
class Facts:
    """The rows taken from the landing so far."""

    scores: list[dict] = field(default_factory=list)
    protocols: dict[str, dict] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)


def shape_scores(landed: Iterable[Landed], registry: Registry) -> Facts:
    """Return the scores of the landed runs as rows, their protocols by id, and what was refused."""
    facts = Facts()
    for run in landed:
        seen: set[tuple] = set()
        for number, raw in enumerate(run.scores):
            problem = _take_score(facts, run, raw, registry, seen)
            if problem:
                location = f"{run.path.name}/results.json score {number}"
                text = json.dumps(raw, ensure_ascii=False, sort_keys=True, default=str)
                facts.rejects.append(Reject(location, run.manifest.run, *problem, raw=text))
        facts.rejects += [_shape_refused(run, item) for item in run.refused]
    return _refuse_repeats(facts)


def shape_runs(landed: Iterable[Landed]) -> list[dict]:
    """Return the manifests of the landed runs as rows of the run table."""
    rows = []
    for run in landed:
        row = run.manifest.model_dump(exclude={"schema_version", "limit", "outcomes", "failures", "files", "tasks"})
        maps = {name: list(getattr(run.manifest, name).items()) for name in ("outcomes", "failures", "files")}
        rows.append({**row, **maps, "tasks": list(run.manifest.tasks), "sample_limit": run.manifest.limit})
    return rows


def _take_score(facts: Facts, run: Landed, raw: object, registry: Registry, seen: set) -> tuple[str, str] | None:
    """Add one score to the facts, or return why not, as (kind of reason, detail)."""
    try:
        score = Score.model_validate(raw)
    except ValidationError as error:
        return "score does not fit the contract", explain(error)
    protocol_id = score.protocol.protocol_id
    problem = _find_problem(score, run.manifest.kind, registry) or _find_twin(score, protocol_id, seen)
    if problem is None:
        facts.protocols.setdefault(protocol_id, _shape_protocol(protocol_id, score.protocol))
        facts.scores.append(_shape_score(run.manifest.run, score, protocol_id))
    return problem


def _find_problem(score: Score, kind: str, registry: Registry) -> tuple[str, str] | None:
    if score.model not in registry.models:
        return "model is not registered", score.model
    if score.benchmark not in registry.benchmarks:
        return "benchmark is not registered", score.benchmark
    # Whoever hands a figure on, it stays that of who measured it: Artificial Analysis is artificial-analysis.
    for name in (score.source, "-".join((score.reported_by or "").casefold().split())):
        if name in registry.sources and not registry.sources[name].show:
            return "source's terms forbid showing it", name
    if score.task is not None and kind == "measured" and score.task not in registry.tasks:
        return "task is not registered", score.task
    if (kind == "measured") != (score.origin == "measured"):
        return "evidence is of the wrong kind", f"origin {score.origin} in a {kind} run"
    expected = registry.benchmarks[score.benchmark].unit
    if score.unit != expected:
        return "unit is not the benchmark's", f"{score.unit} where {score.benchmark} has {expected}"
    if score.unit == "elo" and kind == "published" and not score.protocol.board:
        return "rating names no board", score.source
    ceiling = 1 if score.unit == "fraction" else MAX_RATING
    for name in ("score", "score_answered_only"):
        value = getattr(score, name)
        if value is not None and not 0 <= value <= ceiling:
            return "score is out of range", f"{name} {value}"
    return None


def _find_twin(score: Score, protocol_id: str, seen: set) -> tuple[str, str] | None:
    """A measured figure may stand once in a run; a published one may be printed twice, with two values."""
    value = None if score.origin == "measured" else score.score
    identity = (protocol_id, value, *(getattr(score, name) for name in _IDENTITY))
    if identity in seen:
        return "score is given twice in its run", f"{score.model} on {score.benchmark}"
    seen.add(identity)
    return None


def _shape_refused(run: Landed, item: object) -> Reject:
    """What an importer refused; several figures for one reason and value are one row with their number."""
    fields = item if isinstance(item, dict) else {}
    count = fields.get("count")
    return Reject(
        location=f"{run.path.name}: {fields.get('place')}",
        run=run.manifest.run,
        reason=str(fields.get("reason", "refused by its importer")),
        detail=str(fields.get("value")),
        raw=json.dumps(item, ensure_ascii=False, sort_keys=True, default=str),
        n_refused=count if isinstance(count, int) and count > 0 else 1,
    )


def _refuse_repeats(facts: Facts) -> Facts:
    repeats = find_repeats(facts.scores, facts.protocols)
    for row in facts.scores:
        if row["score_id"] in repeats:
            detail = f"{row['model']} on {row['benchmark']}: {row['score']}, in run {repeats[row['score_id']]}"
            facts.rejects.append(Reject(f"run={row['run']}", row["run"], "figure is already known", detail))
    facts.scores = [row for row in facts.scores if row["score_id"] not in repeats]
    return facts


def _shape_score(run: str, score: Score, protocol_id: str) -> dict:
    row = {name: getattr(score, name) for name in _COPIED}
    tier = read_tier(score.effort, score.setting, score.model)
    identity = json.dumps([run, protocol_id, *(str(row[name]) for name in _COPIED)], ensure_ascii=False)
    return {
        **row,
        "score_id": hashlib.sha256(identity.encode()).hexdigest()[:20],
        "run": run,
        "tier": tier,
        "variant": f"{score.model}@{tier}",
        "protocol_id": protocol_id,
        "evidence": "measured" if score.origin == "measured" else "published",
        # A standard error of exactly 0 (every item right, or every one wrong) is a failed estimate, not a certainty.
        "stderr": score.stderr or None,
        "stderr_answered_only": score.stderr_answered_only or None,
    }


def _shape_protocol(protocol_id: str, protocol: Protocol) -> dict:
    generation = json.dumps(protocol.generation, sort_keys=True, ensure_ascii=False)
    return {**protocol.model_dump(exclude={"generation"}), "protocol_id": protocol_id, "generation": generation}
