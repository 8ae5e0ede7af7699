"""A registry of a few made-up entries for the tests of collecting, and landed runs to plan against."""

from datetime import UTC, datetime
from pathlib import Path

import yaml

from collectors.landing import LandedRun, land_run
from collectors.records import Manifest
from collectors.registry_loader import Registry, load_registry

AT = datetime(2026, 1, 7, 12, tzinfo=UTC)
"""A Wednesday noon: the slot of a suite on Mondays at 03:00 Asia/Shanghai was 2026-01-04 19:00 UTC."""

MODELS = {
    "developer": "made-up",
    "name": {"en": "Made up"},
    "country": "CN",
    "models": [{"id": "made-up/one", "name": {"en": "One"}}],
}
ENDPOINT = {
    "id": "one",
    "model": "made-up/one",
    "api": "openai-chat",
    "base_url": "http://127.0.0.1:9/v1",
    "served_model": "one",
    "schedule": "weekly",
}
TASK = {
    "id": "sums",
    "benchmark": "gsm8k",
    "name": {"en": "Sums"},
    "domain": "mathematics",
    "lm_eval": {"task": "gsm8k_cot_zeroshot", "metric": "exact_match", "filter": "flexible-extract"},
    "dataset": {"hub": "openai/gsm8k", "local": "gsm8k/test.jsonl"},
    "max_tokens": 64,
    "chance_floor": 0.0,
}
SUITE = {"id": "weekly", "tasks": ["sums"], "schedule": {"cron": "0 3 * * 1", "timezone": "Asia/Shanghai"}}


def write_registry(folder: Path, *, endpoints=(ENDPOINT,), tasks=(TASK,), suites=(SUITE,), sources=()) -> Path:
    """Return `folder` as a registry of its own, complete in every reference."""
    groups = {"endpoints": endpoints, "tasks": tasks, "suites": suites, "models": [MODELS], "sources": sources}
    for kind, rows in groups.items():
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for row in rows:
            stem = row.get("id") or row["developer"]
            (folder / kind / f"{stem}.yaml").write_text(yaml.safe_dump(row, allow_unicode=True), encoding="utf-8")
    lists = {
        "domains": [{"id": "mathematics", "name": {"en": "Mathematics"}}],
        "benchmarks": [{"id": "gsm8k", "name": {"en": "GSM8K"}, "domain": "mathematics"}],
    }
    for name, rows in lists.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(rows), encoding="utf-8")
    return folder


def make_registry(folder: Path, **rows) -> Registry:
    """Return such a registry, loaded alone."""
    return load_registry(bundled=write_registry(folder, **rows))


def land_manifest(home: Path, run: str, *, scores=(), calls=None, **fields) -> LandedRun:
    """Return a run landed as a manifest of `fields` describes it, with scores as JSON and a table of calls."""
    known = {
        "kind": "measured", "status": "complete", "endpoint": "one", "model": "made-up/one", "suite": "weekly",
        "tasks": ("sums",), "started_at": AT, "finished_at": AT, "modelgap_version": "0",
    }  # fmt: skip
    manifest = Manifest(run=run, **known | fields)
    return LandedRun(land_run(home, manifest, {"scores": list(scores)}, None, calls), manifest)
