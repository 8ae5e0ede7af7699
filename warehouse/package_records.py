"""Shape scores as Every Eval Ever records, schema 0.3.0: one record a model, source, reporter and harness.

Before: the tables of a data package. After: `every-eval-ever/data/<source>/<developer>/<model>/<uuid>.json`. What the
schema has no field for travels in `additional_details` and `details`, as text, so that an import gives back the same
scores.
"""

import hashlib
import json
import re
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from warehouse.package_files import write_json
from warehouse.read import Snapshot

SCHEMA_VERSION = "0.3.0"
EXPORTER = "modelgap"
FOLDER = "every-eval-ever"
_GROUP = ("source", "model", "origin", "reporter_relation", "reported_by", "harness", "lm_eval_version")
_RELATIONS = {"own": "first_party", "competitor": "other", "unclassified": "other", None: "third_party"}
_BOUNDS = {"fraction": (0.0, 1.0), "elo": ("-Infinity", "Infinity")}
_UNITS = {"fraction": "proportion", "elo": "elo"}
_NUMBERS = {"temperature": float, "top_p": float, "top_k": float, "max_tokens": int}
_DETAILS = ("benchmark", "task", "subtask", "setting", "effort", "coverage", "n_samples", "n_shot", "filter", "board",
            "score_answered_only", "published_date", "first_known_date", "source_url", "notes")  # fmt: skip
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def write_records(folder: Path, snapshot: Snapshot, tables: Mapping[str, pa.Table]) -> int:
    """Return how many records were written below `folder`. Baselines, which are no models, have none."""
    known = {
        name: {row[key]: row for row in tables[name].to_pylist()}
        for name, key in (("models", "model"), ("benchmarks", "benchmark"), ("sources", "source"))
    }
    protocols = {row["protocol_id"]: row for row in tables["protocols"].to_pylist()}
    groups: dict[tuple, list[dict]] = defaultdict(list)
    for score in tables["scores"].to_pylist():
        row = {**protocols[score["protocol_id"]], **score}
        if row["score"] is not None and known["models"][row["model"]]["bloc"] != "baseline":
            groups[tuple(row[name] for name in _GROUP)].append(row)
    for rows in groups.values():
        record = shape_record(rows, snapshot, known)
        first = rows[0]
        parts = [first["source"], *first["model"].split("/", 1)]
        path = folder.joinpath(FOLDER, "data", *(_UNSAFE.sub("_", part) for part in parts))
        write_json(path / f"{_name(record)}.json", record)
    return len(groups)


def shape_record(rows: Sequence[Mapping], snapshot: Snapshot, known: Mapping[str, Mapping]) -> dict:
    """Return the record of scores that share model, source, reporter and harness."""
    first = rows[0]
    model, source = known["models"][first["model"]], known["sources"][first["source"]]
    built_at = datetime.fromisoformat(snapshot.meta["built_at"])
    measured = max((row["measured_at"] for row in rows if row["measured_at"]), default=None)
    identity = json.dumps([first[name] for name in _GROUP], ensure_ascii=False)
    digest = hashlib.sha256(identity.encode()).hexdigest()[:12]
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": f"{first['source']}/{first['model'].replace('/', '_')}/{digest}",
        **({"evaluation_timestamp": _unix(measured)} if measured else {}),
        "retrieved_timestamp": _unix(built_at),
        "source_metadata": _shape_source(first, source, snapshot),
        "eval_library": {"name": first["harness"] or "unknown", "version": first["lm_eval_version"] or "unknown"},
        "model_info": _shape_model(model),
        "evaluation_results": [_shape_result(row, known["benchmarks"][row["benchmark"]]) for row in rows],
    }


def _shape_source(first: Mapping, source: Mapping, snapshot: Snapshot) -> dict:
    return {
        "source_name": source["name_en"],
        # Only of our own runs are the answers themselves at hand.
        "source_type": "evaluation_run" if first["origin"] == "measured" else "documentation",
        "source_organization_name": first["reported_by"] or source["name_en"],
        "source_organization_url": source["url"],
        "evaluator_relationship": _RELATIONS[first["reporter_relation"]],
        "additional_details": _texts(
            exporter=EXPORTER,
            snapshot=snapshot.id,
            source=first["source"],
            origin=first["origin"],
            reporter_relation=first["reporter_relation"],
            reported_by=first["reported_by"],
            licence=source["licence"],
            licence_url=source["licence_url"],
            attribution=source["attribution"],
        ),
    }


def _shape_model(model: Mapping) -> dict:
    availability = {True: "open_weights", False: "closed_weights", None: "unknown"}[model["is_open_weights"]]
    return {
        "name": model["name_en"],
        "id": model["model"],
        "developer": model["developer"],
        "additional_details": _texts(
            deployment_type="unknown",
            model_availability=availability,
            release_date=model["release_date"],
            params_b=model["params_b"],
        ),
    }


def _shape_result(row: Mapping, benchmark: Mapping) -> dict:
    low, high = _BOUNDS[row["unit"]]
    data = {"dataset_name": benchmark["name_en"], "source_type": "other"}
    if benchmark["source_url"]:
        data = {**data, "source_type": "url", "url": [benchmark["source_url"]]}
    details: dict[str, object] = {"score": row["score"], "details": _texts(**{name: row[name] for name in _DETAILS})}
    uncertainty: dict[str, object] = {"num_samples": row["n_samples"]} if row["n_samples"] else {}
    if row["stderr"]:
        uncertainty["standard_error"] = {"value": row["stderr"]}
    settings = _shape_generation(row["generation"])
    return {
        "evaluation_result_id": row["score_id"],
        "evaluation_name": "/".join(filter(None, (row["benchmark"], row["subtask"]))),
        "source_data": data,
        "metric_config": {
            "evaluation_description": benchmark["name_en"],
            "metric_id": f"{row['benchmark']}.{row['metric']}",
            "metric_name": row["metric"],
            **({"metric_kind": "elo"} if row["unit"] == "elo" else {}),
            "metric_unit": _UNITS[row["unit"]],
            "lower_is_better": False,
            "score_type": "continuous",
            "min_score": low,
            "max_score": high,
        },
        "score_details": {**details, **({"uncertainty": uncertainty} if uncertainty else {})},
        **({"generation_config": {"generation_args": settings}} if settings else {}),
    }


def _shape_generation(text: str | None) -> dict[str, object]:
    stated = json.loads(text or "{}")
    found = {name: stated.get(name) for name in _NUMBERS}
    return {
        name: _NUMBERS[name](value)
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and (name != "max_tokens" or value >= 1)
    }


def _texts(**values: object) -> dict[str, str]:
    """Return what is known of `values`, as text: the schema takes no other details."""
    return {name: str(value) for name, value in values.items() if value is not None}


def _unix(moment: datetime) -> str:
    return str(int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()))


def _name(record: Mapping) -> uuid.UUID:
    """Return a record's file name: the same for the same record, in the form that the data store asks for."""
    return uuid.UUID(bytes=hashlib.sha256(record["evaluation_id"].encode()).digest()[:16], version=4)
