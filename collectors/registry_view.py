"""Describe registered endpoints and models as plain documents, for tables and for `--json`.

Before: a loaded registry. After: mappings with stable keys. A key's variable is named and said to be set or not; its
value is never read into a document.
"""

import os
from collections.abc import Mapping

from collectors.endpoint_entries import Endpoint
from collectors.entries import Model
from collectors.errors import UsageError
from collectors.registry_checks import find_closest
from collectors.registry_loader import Registry


def list_endpoints(registry: Registry, bloc: str | None = None) -> list[dict]:
    """Return one document an endpoint, those in service first; only of `bloc` where one is given."""
    rows = [_summarize_endpoint(registry, endpoint) for endpoint in registry.endpoints.values()]
    kept = [row for row in rows if bloc in (None, row["bloc"])]
    return sorted(kept, key=lambda row: (row["retired_on"] is not None, row["endpoint"]))


def describe_endpoint(registry: Registry, endpoint_id: str) -> dict:
    """Return all that is registered of one endpoint, and its suites' tasks. Raises UsageError naming the closest id."""
    endpoint: Endpoint = registry.get("endpoints", endpoint_id)
    document = endpoint.model_dump(mode="json", exclude={"id"})
    tasks = sorted({task for suite in find_suites(registry, endpoint) for task in registry.suites[suite].tasks})
    return {**_summarize_endpoint(registry, endpoint), **document, "tasks": tasks}


def list_models(registry: Registry, bloc: str | None = None, developer: str | None = None) -> list[dict]:
    """Return one document a model, oldest first, those without a date last; only of `bloc` or `developer` if given."""
    if developer is not None:
        registry.get("developers", developer)
    rows = [_summarize_model(registry, model) for model in registry.models.values()]
    kept = [row for row in rows if bloc in (None, row["bloc"]) and developer in (None, row["developer"])]
    return sorted(kept, key=lambda row: (row["release_date"] or "9999", row["model"]))


def describe_model(registry: Registry, name: str) -> dict:
    """Return all that is registered of the model with this id or alias, with its endpoints."""
    model = registry.models[find_model(registry, name)]
    document = model.model_dump(mode="json", by_alias=True, exclude={"id", "name"})
    endpoints = [endpoint.id for endpoint in registry.endpoints.values() if endpoint.model == model.id]
    return {**_summarize_model(registry, model), **document, "endpoints": endpoints}


def find_model(registry: Registry, name: str) -> str:
    """Return the id of the model with this id or alias. Raises UsageError naming the closest."""
    known = {alias: model.id for model in registry.models.values() for alias in (model.id, *model.aliases)}
    if name not in known:
        raise UsageError(
            f"models: no model has this id or alias; got {name!r}{find_closest(name, known)}. "
            "Fix the name or add it under registry/models/."
        )
    return known[name]


def list_unset_keys(registry: Registry) -> dict[str, list[str]]:
    """Return the key variables that are not set, each with the endpoints in service that need it."""
    missing: dict[str, list[str]] = {}
    for endpoint in registry.endpoints.values():
        if endpoint.api_key_env and endpoint.retired_on is None and not is_key_set(endpoint):
            missing.setdefault(endpoint.api_key_env, []).append(endpoint.id)
    return dict(sorted(missing.items()))


def find_suites(registry: Registry, endpoint: Endpoint) -> list[str]:
    """Return the suites that an endpoint in service belongs to."""
    return [suite for suite in registry.suites if endpoint in registry.suite_endpoints(suite)]


def is_key_set(endpoint: Endpoint) -> bool | None:
    """Return whether the endpoint's key variable holds anything; None where it needs none."""
    return bool(os.environ.get(endpoint.api_key_env)) if endpoint.api_key_env else None


def _summarize_endpoint(registry: Registry, endpoint: Endpoint) -> dict:
    return {
        "endpoint": endpoint.id,
        "model": endpoint.model,
        "bloc": registry.bloc_of(endpoint.model),
        "api": endpoint.api,
        "served_model": endpoint.served_model,
        "base_url": endpoint.base_url,
        "effort": endpoint.effort,
        "api_key_env": endpoint.api_key_env,
        "key_is_set": is_key_set(endpoint),
        "suites": find_suites(registry, endpoint),
        "is_simulated": endpoint.is_simulated,
        "retired_on": endpoint.retired_on.isoformat() if endpoint.retired_on else None,
    }


def _summarize_model(registry: Registry, model: Model) -> dict:
    developer = registry.developer_of(model.id)
    price: Mapping = model.prices[-1].model_dump() if model.prices else {}
    return {
        "model": model.id,
        "name": model.name.en,
        "name_zh": model.name.zh,
        "developer": developer.developer,
        "developer_name": developer.name.en,
        "country": developer.country,
        "bloc": registry.bloc_of(model.id),
        "release_date": model.release_date.isoformat() if model.release_date else None,
        "date_precision": model.date_precision,
        "open_weights": model.open_weights,
        "params_b": model.params_b,
        "active_params_b": model.active_params_b,
        "modality": model.modality,
        "price_input": price.get("input"),
        "price_output": price.get("output"),
    }
