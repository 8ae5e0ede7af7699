"""Lay marked items and calls out as the tables of the landing, and gather the scores of a run.

Before: `Tally`s by lm-eval task, the plan, lm-eval's results. After: `Score`s in the landing contract and Arrow tables
in the schemas `SAMPLES` and `CALLS`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pyarrow as pa

from collectors.call_log import CallRecord
from collectors.marking import Item, Tally, aggregate_answered, aggregate_strict
from collectors.records import ANSWERED, CALLS, SAMPLES, Protocol, Score
from collectors.run_plan import RunPlan
from collectors.task_entries import Task
from collectors.tasks import Leaf

SOURCE = "modelgap"


def gather_scores(
    plan: RunPlan, objects: Sequence[Any], leaves: Mapping[str, Leaf], tallies: Mapping[str, Tally], at: datetime
) -> list[Score]:
    """Return a score per registry task and, for a group, one per subtask after it.

    Args: `objects` lm-eval's task or group for each of the plan's tasks, in order; `tallies` by lm-eval task name.
    """
    scores = []
    for task, loaded in zip(plan.tasks, objects, strict=True):
        members = loaded.get_all_tasks() if hasattr(loaded, "get_all_tasks") else [loaded]
        names = [member.task_name for member in members]
        scores.append(_make_score(plan, task, loaded, members, [tallies[name] for name in names], None, at))
        if members != [loaded]:
            scores += [
                _make_score(plan, task, member, [member], [tallies[member.task_name]], leaves[name].subtask, at)
                for member, name in zip(members, names, strict=True)
            ]
    return scores


def tabulate_samples(leaves: Mapping[str, Leaf], tallies: Mapping[str, Tally]) -> pa.Table:
    """Return one row per item and repeat, in the schema `SAMPLES`; an item's mark stands on its first repeat."""
    rows = [
        row
        for name, tally in tallies.items()
        for item in tally.items
        for row in _sample_rows(leaves[name], item)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=SAMPLES)


def tabulate_calls(calls: Iterable[CallRecord]) -> pa.Table:
    """Return one row per call, in the schema `CALLS`; `task` is the lm-eval task's name."""
    rows = [{name: clean(value) for name, value in asdict(call).items()} for call in calls]
    return pa.Table.from_pylist(rows, schema=CALLS)


def clean(value: Any) -> Any:
    """Return `value`, a text without lone surrogates, which have no UTF-8 form."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _make_score(
    plan: RunPlan, task: Task, loaded: Any, members: Sequence[Any], tallies: Sequence[Tally], subtask: str | None,
    at: datetime,
) -> Score:  # fmt: skip
    by_size = _weighs_by_size(loaded, task)
    score, stderr = aggregate_strict(tallies, by_size=by_size)
    answered, answered_stderr = aggregate_answered(tallies, by_size=by_size)
    items = [item for tally in tallies for item in tally.items]
    n_failed = sum(tally.n_failed for tally in tallies)
    return Score(
        model=plan.endpoint.model,
        benchmark=task.benchmark,
        task=task.id,
        subtask=subtask,
        origin="measured",
        source=SOURCE,
        setting=plan.endpoint.quantization,
        effort=plan.endpoint.effort,
        protocol=_make_protocol(plan, task, loaded, members, tallies),
        score=score,
        stderr=stderr,
        score_answered_only=answered,
        stderr_answered_only=answered_stderr,
        coverage=sum(item.outcome in ANSWERED for item in items) / len(items) if items else None,
        n_samples=len(items),
        n_failed=n_failed,
        measured_at=at,
        notes=None if score is not None or n_failed else "lm-eval's values are no marks between 0 and 1",
    )


def _weighs_by_size(loaded: Any, task: Task) -> bool:
    """Return how lm-eval's group weighs its members; by size where it states no aggregation of this metric."""
    for config in getattr(loaded, "aggregate_metric_list", None) or ():
        if config.metric == task.lm_eval.metric:
            return config.weight_by_size
    return True


def _make_protocol(
    plan: RunPlan, task: Task, loaded: Any, members: Sequence[Any], tallies: Sequence[Tally]
) -> Protocol:
    shots = {member.get_config("num_fewshot") or 0 for member in members}
    settings = dict(members[0].get_config("generation_kwargs") or {}) | {"max_tokens": task.max_tokens}
    settings.pop("max_gen_toks", None)
    return Protocol(
        benchmark=task.benchmark,
        metric=task.lm_eval.metric,
        harness="lm-eval",
        lm_eval_version=plan.lm_eval_version,
        task=getattr(loaded, "task_name", None) or loaded.name,
        task_version=str(getattr(loaded, "VERSION", None) or loaded.version),
        task_hash=_hash_samples(tallies),
        filter=task.lm_eval.filter,
        n_shot=shots.pop() if len(shots) == 1 else None,
        generation=json.loads(json.dumps(settings, default=str)),
        chat_template=is_chat(plan),
    )


def is_chat(plan: RunPlan) -> bool:
    """Return whether the endpoint takes messages, so that lm-eval applies the chat template."""
    return plan.endpoint.api != "openai-completions"


def _hash_samples(tallies: Sequence[Tally]) -> str:
    """Return lm-eval's task hash: of document, prompt and target of every sample, for each of the task's filters."""
    from lm_eval.utils import hash_string

    parts = [sample for tally in tallies for sample in tally.samples]
    return hash_string("".join(part["doc_hash"] + part["prompt_hash"] + part["target_hash"] for part in parts))


def _sample_rows(leaf: Leaf, item: Item) -> Iterable[dict[str, Any]]:
    sample = item.sample
    answers = {call.repeat: call.answer for call in item.calls}
    for repeat, outcome in enumerate(item.outcomes):
        yield {
            "task": leaf.task,
            "subtask": leaf.subtask,
            "doc_id": sample["doc_id"],
            "doc_hash": sample["doc_hash"],
            "repeat": repeat,
            "outcome": outcome and str(outcome),
            "prompt": clean(str(sample["arguments"][0][0])),
            "target": clean(str(sample["target"])),
            "answer": clean(answers.get(repeat)),
            "filtered_answer": clean(str(sample["filtered_resps"][0])) if outcome in ANSWERED else None,
            "mark": item.mark if repeat == 0 else None,
        }
