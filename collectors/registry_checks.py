"""Cross-checks over the whole registry: references, names, and whether endpoints can answer their suites.

Before: entries that are each well-formed. After: a list of problems, empty where all of it fits together.
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from collectors.endpoint_entries import Endpoint
from collectors.task_entries import Task

if TYPE_CHECKING:
    from collectors.registry_loader import Registry


def check_registry(registry: "Registry", place: Mapping[tuple[str, str], str]) -> list[str]:
    """Return every reference that does not resolve, every name given twice, every task no endpoint can answer.

    `place` says in which file an entry of a folder or list was read, for the message.
    """
    problems: list[str] = []

    def check(folder: str, owner: str, what: str, value: str | None, known: Iterable[str], fix: str) -> None:
        known = list(known)
        if value is not None and value not in known:
            where = place.get((folder, owner), f"registry/{folder}/{owner}.yaml")
            problems.append(
                f"{where}: {what} {value!r} is not registered{find_closest(value, known)}. Fix the name or add {fix}."
            )

    for endpoint in registry.endpoints.values():
        check("endpoints", endpoint.id, "model", endpoint.model, registry.models, "it under registry/models/")
        check("endpoints", endpoint.id, "suite", endpoint.schedule, registry.suites, "it under registry/suites/")
    for suite in registry.suites.values():
        for task in suite.tasks:
            check("suites", suite.id, "task", task, registry.tasks, f"registry/tasks/{task}.yaml")
        for endpoint in suite.endpoints:
            check("suites", suite.id, "endpoint", endpoint, registry.endpoints, f"registry/endpoints/{endpoint}.yaml")
    for task in registry.tasks.values():
        check("tasks", task.id, "benchmark", task.benchmark, registry.benchmarks, "it to registry/benchmarks.yaml")
        check("tasks", task.id, "domain", task.domain, registry.domains, "it to registry/domains.yaml")
    for benchmark in registry.benchmarks.values():
        check("benchmarks", benchmark.id, "domain", benchmark.domain, registry.domains, "it to registry/domains.yaml")
    for claim in registry.claims.values():
        for model in {*claim.subjects, *(name for part in claim.check for name in part.models)}:
            check("claims", claim.id, "model", model, registry.models, "it under registry/models/")
        for part in claim.check:
            # A scale's own id, such as one dated board's, begins with its benchmark's.
            benchmark = part.benchmark and part.benchmark.split(":")[0]
            check("claims", claim.id, "benchmark", benchmark, registry.benchmarks, "it to registry/benchmarks.yaml")
            check("claims", claim.id, "domain", part.domain, registry.domains, "it to registry/domains.yaml")
    return problems + _check_models(registry, place) + _check_answerable(registry, place)


def _check_models(registry: "Registry", place: Mapping[tuple[str, str], str]) -> list[str]:
    problems: list[str] = []
    owner: dict[str, str] = {}
    for developer in registry.developers.values():
        where = place["models", developer.developer]
        for model in developer.models:
            if model.id.split("/")[0] != developer.developer:
                problems.append(
                    f"{where}: a model's id starts with its developer; got {model.id!r}. "
                    f"Write {developer.developer}/{model.id.split('/')[1]}."
                )
            for alias in {model.id, *model.aliases}:
                other = owner.setdefault(alias, model.id)
                if other != model.id:
                    problems.append(
                        f"{where}: {alias!r} names two models; got {other} and {model.id}. Keep it on one of them."
                    )
        ids = [model.id for model in developer.models]
        problems += [
            f"{where}: model is registered twice; got {twice!r}. Remove one."
            for twice in {i for i in ids if ids.count(i) > 1}
        ]
    return problems


def _check_answerable(registry: "Registry", place: Mapping[tuple[str, str], str]) -> list[str]:
    """Return a problem for every task that an endpoint of its suite cannot answer."""
    problems = []
    for suite in registry.suites.values():
        for endpoint in registry.suite_endpoints(suite.id):
            for task in (registry.tasks[t] for t in suite.tasks if t in registry.tasks):
                reason = explain_unanswerable(endpoint, task)
                if reason:
                    problems.append(f"{place['suites', suite.id]}: {reason}")
    return problems


def explain_unanswerable(endpoint: Endpoint, task: Task) -> str | None:
    """Return why `endpoint` cannot be asked `task`, or None where it can."""
    if task.output_type == "generate_until" or endpoint.loglikelihood:
        return None
    return (
        f"task {task.id!r} is {task.output_type} and needs log-likelihoods, which endpoint {endpoint.id!r} "
        f"does not give; got api {endpoint.api!r}. Use a generative task, or an openai-completions endpoint "
        "with loglikelihood: true."
    )


def find_closest(value: str, known: Iterable[str]) -> str:
    """Return `; closest: '<name>'` for the known name nearest to `value`, or nothing where none is near."""
    matches = difflib.get_close_matches(value, list(known), n=1, cutoff=0.5)
    return f"; closest: {matches[0]!r}" if matches else ""
