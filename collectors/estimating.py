"""Say before a run what it will take: items, tokens and US dollars by task.

Before: an endpoint, registry tasks and what is landed. After: one `Estimate` a task. Imports lm-eval, since only the
tasks themselves know their items.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import mean

from collectors.costing import cost_tokens, estimate_call, expect_tokens
from collectors.endpoint_entries import Endpoint
from collectors.landing import LandedRun
from collectors.task_entries import Task
from collectors.tasks import load_task_dict

PROMPTS_READ = 20
"""So many prompts of a task stand for all of them."""


@dataclass(frozen=True)
class Estimate:
    """What one task will take. `usd` is None where no USD price is known.

    `basis` says what the tokens rest on: "earlier run" (their mean there) or "limits" (prompt length and the task's
    token limit, an upper bound of the output).
    """

    task: str
    n_items: int
    input_tokens: int
    output_tokens: int
    usd: float | None
    basis: str


def estimate_tasks(
    endpoint: Endpoint,
    tasks: Sequence[Task],
    landed: Sequence[LandedRun],
    *,
    datasets: Path | None,
    edition: str,
    limit: int | None = None,
) -> list[Estimate]:
    """Return what each of `tasks` will take on `endpoint`; `limit` is items per lm-eval task, as in `collect`.

    Raises what loading a task raises: UsageError for an unknown task, CollectError where its items cannot be had.
    """
    logging.getLogger("lm_eval").setLevel(logging.ERROR)  # it hints at options of its own command for every task
    loaded = load_task_dict(tasks, datasets=datasets, edition=edition)
    expected = expect_tokens(landed, endpoint.id)
    parts: dict[str, list[tuple[int, float, float, bool]]] = {task.id: [] for task in tasks}
    limits = {task.id: task.max_tokens for task in tasks}
    for name, leaf in loaded.find_leaves().items():
        owner = loaded.leaves[name].task
        n_items = len(leaf.eval_docs) if limit is None else min(limit, len(leaf.eval_docs))
        sizes = [estimate_call(expected, name, prompt, limits[owner]) for prompt in _read_prompts(leaf)]
        parts[owner].append((n_items, mean(s[0] for s in sizes), mean(s[1] for s in sizes), name in expected))
    return [_add_up(endpoint, task, leaves) for task, leaves in parts.items()]


def _read_prompts(leaf: object) -> Iterator[str]:
    return (str(leaf.doc_to_text(doc)) for doc in islice(leaf.eval_docs, PROMPTS_READ))


def _add_up(endpoint: Endpoint, task: str, leaves: Sequence[tuple[int, float, float, bool]]) -> Estimate:
    tokens_in = sum(n_items * size for n_items, size, _, _ in leaves)
    tokens_out = sum(n_items * size for n_items, _, size, _ in leaves)
    basis = "earlier run" if all(known for *_, known in leaves) else "limits"
    cost = cost_tokens(endpoint, tokens_in, tokens_out)
    return Estimate(task, sum(leaf[0] for leaf in leaves), round(tokens_in), round(tokens_out), cost, basis)
