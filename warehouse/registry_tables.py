"""Turn the registry into the rows of the tables of known things.

Before: a checked `Registry`. After: for each table of schema.sql's first part, rows as mappings from column to value.
"""

import json
from collections.abc import Callable, Mapping

from pydantic import BaseModel

from collectors.efforts import TIERS
from collectors.importers.freshness import list_addresses
from collectors.registry_loader import Registry

_PER_MILLION = {"1M": 1.0, "1K": 1000.0}


def shape_registry(registry: Registry) -> dict[str, list[dict]]:
    """Return the rows of every registry table, by table name."""
    shapes: dict[str, Callable[[Registry], list[dict]]] = {
        "bloc": _shape_blocs,
        "developer": _shape_developers,
        "model": _shape_models,
        "model_price": _shape_prices,
        "endpoint": _shape_endpoints,
        "benchmark": _shape_benchmarks,
        "task": _shape_tasks,
        "subtask": _shape_subtasks,
        "suite": _shape_suites,
        "source": _shape_sources,
        "claim": _shape_claims,
        "cohort": _shape_cohorts,
        "landscape_count": _shape_landscape,
    }
    rows = {table: shape(registry) for table, shape in shapes.items()}
    rows["domain"] = [{"domain": entry.id, **_names(entry)} for entry in registry.domains.values()]
    rows["isic"] = _shape_isic(registry)
    rows["effort_tier"] = [{"tier": tier, "rank": rank} for rank, tier in enumerate(TIERS, 1)]
    return rows


def describe_registry(registry: Registry) -> str:
    """Return the registry as text that differs where any fact differs, for the hash of a build's inputs."""
    kinds = (vars(registry)[name] for name in sorted(vars(registry)))
    entries = (kind.values() if isinstance(kind, Mapping) else kind for kind in kinds)
    return "\n".join(entry.model_dump_json() for kind in entries for entry in kind)


def _names(entry: BaseModel, field: str = "name") -> dict:
    text = getattr(entry, field)
    return {f"{field}_en": text.en if text else None, f"{field}_zh": text.zh if text else None}


def _copy(entry: BaseModel, *fields: str) -> dict:
    return {name: getattr(entry, name) for name in fields}


def _shape_blocs(registry: Registry) -> list[dict]:
    return [
        {"bloc": bloc, **_names(rule), "countries": list(rule.countries), "developers": list(rule.developers)}
        for bloc, rule in registry.blocs.items()
    ]


def _shape_developers(registry: Registry) -> list[dict]:
    return [{**_copy(entry, "developer", "country"), **_names(entry)} for entry in registry.developers.values()]


def _shape_models(registry: Registry) -> list[dict]:
    fields = (
        "family",
        "release_date",
        "date_precision",
        "params_b",
        "active_params_b",
        "modality",
        "retired_on",
        "notes",
    )
    return [
        {
            **_copy(model, *fields),
            **_names(model),
            "model": model.id,
            "developer": registry.developer_of(model.id).developer,
            "bloc": registry.bloc_of(model.id),
            "aliases": list(model.aliases),
            "is_open_weights": model.open_weights,
            "source_url": model.source,
        }
        for model in registry.models.values()
    ]


def _shape_prices(registry: Registry) -> list[dict]:
    """Of two prices of a model from the same day in the same currency the last one stands."""
    rows = {}
    for model in registry.models.values():
        for price in model.prices:
            tokens = _PER_MILLION[price.per]
            rows[model.id, price.from_, price.currency] = {
                "model": model.id,
                "from_date": price.from_,
                "currency": price.currency,
                "input_per_1m": price.input * tokens,
                "output_per_1m": price.output * tokens,
                "source_url": price.source,
                "notes": price.note,
            }
    return list(rows.values())


def _shape_endpoints(registry: Registry) -> list[dict]:
    fields = ("model", "api", "served_model", "served_by", "effort", "quantization", "max_concurrency", "retired_on")
    return [
        {**_copy(entry, *fields), "endpoint": entry.id, "is_simulated": entry.is_simulated, "suite": entry.schedule}
        for entry in registry.endpoints.values()
    ]


def _shape_benchmarks(registry: Registry) -> list[dict]:
    fields = ("domain", "unit", "chance_floor", "released_date", "isic")
    return [
        {
            **_copy(entry, *fields),
            **_names(entry),
            **_names(entry, "notes"),
            "benchmark": entry.id,
            "source_url": entry.source,
        }
        for entry in registry.benchmarks.values()
    ]


def _shape_isic(registry: Registry) -> list[dict]:
    sections = registry.isic.values()
    shorts = [entry.short or entry.name for entry in sections]
    return [
        {"section": entry.id, **_names(entry), "short_en": short.en, "short_zh": short.zh}
        for entry, short in zip(sections, shorts, strict=True)
    ]


def _shape_tasks(registry: Registry) -> list[dict]:
    return [
        {
            **_copy(task, "benchmark", "domain", "isic", "language", "chance_floor", "retired_on"),
            **_names(task),
            "task": task.id,
            "lm_eval_task": task.lm_eval.task,
            "metric": task.lm_eval.metric,
            "filter": task.lm_eval.filter,
            "n_shot": task.lm_eval.fewshot,
            "is_generated": task.generated,
        }
        for task in registry.tasks.values()
    ]


def _shape_subtasks(registry: Registry) -> list[dict]:
    return [
        {"task": task.id, "subtask": name, **_names(subtask), "isic": subtask.isic, "is_weak": subtask.weak}
        for task in registry.tasks.values()
        for name, subtask in task.subtasks.items()
    ]


def _shape_suites(registry: Registry) -> list[dict]:
    return [
        {
            **_names(suite),
            "suite": suite.id,
            "tasks": list(suite.tasks),
            "cron": suite.schedule.cron if suite.schedule else None,
            "timezone": suite.schedule.timezone if suite.schedule else None,
            "sample_limit": suite.limit,
            **_copy(suite.budget, "usd_per_run", "usd_per_month"),
            "retired_on": suite.retired_on,
        }
        for suite in registry.suites.values()
    ]


def _shape_sources(registry: Registry) -> list[dict]:
    fields = ("kind", "url", "licence_url", "cadence_days", "retrieved_on", "notes")
    return [
        {
            **_copy(entry, *fields),
            **_names(entry),
            **_names(entry, "licence"),
            **_names(entry, "attribution"),
            "source": entry.id,
            "is_shown": entry.show,
            "is_redistributable": entry.redistribute,
            "addresses": list(list_addresses(entry)),
        }
        for entry in registry.sources.values()
    ]


def _shape_claims(registry: Registry) -> list[dict]:
    fields = ("claim_date", "metric", "value_low", "value_high", "unit", "as_of", "domain", "source_kind")
    return [
        {
            **_copy(entry, *fields),
            **_names(entry, "statement"),
            **_names(entry, "claimant"),
            **_names(entry, "date_note"),
            "claim": entry.id,
            "subjects": list(entry.subjects),
            "source_url": entry.source,
            "checks": json.dumps([part.model_dump(mode="json", exclude_defaults=True) for part in entry.check]),
        }
        for entry in registry.claims.values()
    ]


def _shape_cohorts(registry: Registry) -> list[dict]:
    return [{"cohort": entry.id, "terms": entry.terms, **_names(entry)} for entry in registry.cohorts.values()]


def _shape_landscape(registry: Registry) -> list[dict]:
    fields = ("id", "count_date", "series", "is_lower_bound")
    return [
        {
            **_copy(entry, *fields),
            **_names(entry, "what"),
            **_names(entry, "notes"),
            "n_things": entry.count,
            "source_url": entry.source,
        }
        for entry in registry.landscape
    ]
