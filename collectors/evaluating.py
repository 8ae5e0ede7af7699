"""Run lm-eval over an endpoint: all tasks of a plan in one `simple_evaluate`.

Before: a plan and its call log. After: lm-eval's results with every sample, and, once the calls are known, the scores
and tables to land. Imports lm-eval, so it is imported only where a run begins.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from collectors.call_log import CallLog, CallRecord
from collectors.endpoint_lm.lm import EndpointLM
from collectors.marking import check_direction, index_calls, tally_task
from collectors.metering import Meter
from collectors.run_plan import RunPlan
from collectors.tabulating import gather_scores, is_chat, tabulate_samples
from collectors.tasks import LoadedTasks, load_task_dict

KEPT = (
    "results",
    "groups",
    "group_subtasks",
    "configs",
    "versions",
    "n-shot",
    "higher_is_better",
    "n-samples",
    "config",
)
"""What of lm-eval's results lands beside the scores; samples have their table, the rest describes this machine."""


@dataclass(frozen=True)
class Evaluated:
    """What one `simple_evaluate` gave."""

    loaded: LoadedTasks
    results: Mapping[str, Any]

    def lay_out(self, plan: RunPlan, calls: Sequence[CallRecord], at: datetime) -> tuple[dict[str, Any], pa.Table, int]:
        """Return (results to land, samples table, number of failed items) by how the calls ended."""
        tasks = {task.id: task for task in plan.tasks}
        index = index_calls(calls)
        tallies = {}
        for name, leaf in self.loaded.find_leaves().items():
            lm_eval = tasks[self.loaded.leaves[name].task].lm_eval
            samples = self.results["samples"][name]
            tallies[name] = tally_task(leaf, samples, index, lm_eval.metric, lm_eval.filter)
        scores = gather_scores(plan, self.loaded.objects, self.loaded.leaves, tallies, at)
        landed = {
            "scores": [score.model_dump(mode="json") for score in scores],
            "lm_eval": make_plain({key: self.results[key] for key in KEPT if key in self.results}),
        }
        samples_table = tabulate_samples(self.loaded.leaves, tallies)
        return landed, samples_table, sum(tally.n_failed for tally in tallies.values())


class _MeteredLM(EndpointLM):
    """Tells the meter of lm-eval's requests before the first is asked."""

    def __init__(self, meter: Meter, *args: Any, **options: Any):
        super().__init__(*args, on_call=meter.on_call, **options)
        self._meter = meter

    def generate_until(self, requests: list, disable_tqdm: bool = False) -> list[str]:
        self._meter.begin(requests)
        return super().generate_until(requests, disable_tqdm)

    def loglikelihood(self, requests: list, disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        self._meter.begin(requests)
        return super().loglikelihood(requests, disable_tqdm)

    def loglikelihood_rolling(self, requests: list, disable_tqdm: bool = False) -> list[float]:
        self._meter.begin(requests)
        return super().loglikelihood_rolling(requests, disable_tqdm)


def evaluate(plan: RunPlan, log: CallLog, meter: Meter, base_url: str | None, datasets: Path | None) -> Evaluated:
    """Return what lm-eval made of the plan's tasks; answers in the log are not asked for again.

    Raises UsageError before any call where a task cannot be marked as the registry says, and what `meter` raises.
    """
    from lm_eval import simple_evaluate

    _keep_templates()
    loaded = load_task_dict(plan.tasks, datasets=datasets, edition=plan.edition)
    limits = _check_tasks(plan, loaded)
    results = simple_evaluate(
        model=_MeteredLM(meter, plan.endpoint, log, max_tokens=limits, base_url=base_url),
        tasks=list(loaded.objects),
        task_manager=loaded.manager,
        limit=plan.limit,
        bootstrap_iters=0,
        log_samples=True,
        apply_chat_template=is_chat(plan),
        fewshot_as_multiturn=is_chat(plan),
        confirm_run_unsafe_code=any(task.unsafe_code for task in plan.tasks),
        random_seed=plan.seed,
        numpy_random_seed=plan.seed,
        torch_random_seed=plan.seed,
        fewshot_random_seed=plan.seed,
    )
    return Evaluated(loaded, results)


def _check_tasks(plan: RunPlan, loaded: LoadedTasks) -> dict[str, int]:
    """Return the token limit of each lm-eval task. Raises UsageError where a metric cannot be a score."""
    tasks = {task.id: task for task in plan.tasks}
    limits = {}
    for name, leaf in loaded.find_leaves().items():
        task = tasks[loaded.leaves[name].task]
        check_direction(leaf, task.lm_eval.metric)
        limits[name] = task.max_tokens
    return limits


def make_plain(value: Any) -> Any:
    """Return `value` as JSON can hold it: names of functions for functions, null for what is no finite number."""
    from lm_eval.utils import handle_non_serializable

    def without_nan(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: without_nan(inner) for key, inner in part.items()}
        if isinstance(part, list):
            return [without_nan(inner) for inner in part]
        return None if isinstance(part, float) and not math.isfinite(part) else part

    text = json.dumps(value, default=handle_non_serializable)
    return without_nan(json.loads(re.sub(r" at 0x[0-9a-f]+>", ">", text)))


def _keep_templates() -> None:
    """Let lm-eval compile each prompt template once; by itself it does so four times an item, 1.5 ms each item."""
    from lm_eval.utils import env

    if not hasattr(env.from_string, "cache_info"):
        env.from_string = lru_cache(maxsize=512)(env.from_string)
