"""Results of an exam by subject as stock lm-eval writes them, for the tests of sections of industry.

Eight models with open weights answer CMMLU: two subjects are mapped to section C (manufacturing), one to A.
"""

import json
import math
from datetime import UTC, datetime
from pathlib import Path

SIZES = {"electrical_engineering": 172, "food_science": 143, "agronomy": 169, "philosophy": 105}
LOGGED = datetime(2025, 6, 1, 12, tzinfo=UTC)
RIGHT = {
    "meta-llama/Llama-3-70B": (80, 70, 90, 60),
    "Qwen/Qwen2-72B": (85, 75, 100, 70),
    "meta-llama/Llama-3.1-405B": (100, 90, 110, 70),
    "Qwen/Qwen2.5-72B": (102, 88, 120, 75),
    "meta-llama/Llama-3.3-70B": (110, 95, 100, 65),
    "deepseek-ai/DeepSeek-V3": (108, 92, 130, 80),
    "meta-llama/Llama-4-Maverick": (140, 120, 125, 85),
    "Qwen/Qwen3-235B-A22B": (125, 105, 140, 90),
}
"""Right answers by subject, in the order of `SIZES`; models in order of release."""


def write_all(folder: Path, *, group: str = "cmmlu", models: dict = RIGHT) -> Path:
    """Return `folder` with a results file of each model."""
    for model, right in models.items():
        write_results(folder, model, dict(zip(SIZES, right, strict=True)), group=group)
    return folder


def write_results(folder: Path, model: str, right: dict[str, int], *, group: str = "cmmlu", **changes) -> Path:
    """Return the results file of a model with so many right answers by subject; `changes` replace keys of it."""
    names = {subject: f"{group}_{subject}" for subject in right}
    n_all = sum(SIZES[subject] for subject in right)
    whole = {"alias": group, "acc,none": sum(right.values()) / n_all, "acc_stderr,none": 0.01}
    rows = {names[subject]: _make_row(subject, count) for subject, count in right.items()}
    document = {
        "results": {group: whole} | rows,
        "groups": {group: whole},
        "group_subtasks": {group: sorted(rows)},
        "configs": {name: {"task": name, "num_fewshot": 0, "output_type": "multiple_choice"} for name in rows},
        "versions": dict.fromkeys((group, *rows), 1.0),
        "n-shot": dict.fromkeys(rows, 0),
        "higher_is_better": {name: {"acc": True} for name in (group, *rows)},
        "n-samples": {names[subject]: {"original": SIZES[subject], "effective": SIZES[subject]} for subject in right},
        "config": {"model": "hf", "model_args": f"pretrained={model}", "limit": None},
        "date": LOGGED.timestamp(),
        "lm_eval_version": "0.4.9",
        "model_name": model,
    } | changes  # fmt: skip
    path = folder / model.replace("/", "__") / "results_2025-06-01T12-00-00.000001.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _make_row(subject: str, count: int) -> dict:
    share, size = count / SIZES[subject], SIZES[subject]
    return {"alias": f" - {subject}", "acc,none": share, "acc_stderr,none": math.sqrt(share * (1 - share) / (size - 1))}
