"""Write a new endpoint into an overlay, checked before it stays.

Before: what a user says of an endpoint. After: `<overlay>/endpoints/<id>.yaml`, commented, which loads together with
the rest of the registry; or an error, and no file.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from collectors.endpoint_entries import Endpoint
from collectors.errors import RegistryError, UsageError
from collectors.registry_checks import find_closest
from collectors.registry_loader import Registry, load_registry

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{1,63}")
_TEMPLATE = """\
# How to call one served model: `modelgap endpoints check` says whether it fits.
id: {id}
model: {model}  # must exist under models/; see `modelgap models list`
api: {api}  # openai-chat | openai-completions | anthropic-messages
base_url: {base_url}
served_model: {served_model}  # the name that the provider knows the model by
{key}
max_concurrency: {max_concurrency}
# requests_per_minute: 600
# request: {{max_tokens_field: max_completion_tokens, omit: [seed, temperature], extra: {{}}}}
{thinking}
# price: {{input: 0.28, output: 0.42, currency: USD, per: "1M", as_of: 2026-01-31, source: https://example.com/pricing}}
{schedule}
"""


@dataclass(frozen=True)
class NewEndpoint:
    """What a user says of a new endpoint; `thinking` is the reply's field that holds the model's thinking."""

    id: str
    model: str
    api: str
    base_url: str
    served_model: str
    api_key_env: str | None = None
    max_concurrency: int = 8
    thinking: str | None = None
    schedule: str | None = None


def write_endpoint(new: NewEndpoint, overlay: Path, overlays: Sequence[Path]) -> Path:
    """Return the file written for `new` in `overlay`, once it loads with the bundled registry and `overlays`.

    Raises UsageError where a field does not fit, the model is unknown or the id is taken; RegistryError where the
    registry does not load with it. Nothing is left behind then.
    """
    registry = load_registry([path for path in overlays if path != overlay or path.is_dir()])
    _check(new, registry)
    path = overlay / "endpoints" / f"{new.id}.yaml"
    if path.exists():
        raise UsageError(f"{path}: a file of this name exists already. Edit it, or choose another id.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_render(new), encoding="utf-8")
    try:
        load_registry([*(path for path in overlays if path != overlay), overlay])
    except RegistryError:
        path.unlink()
        raise
    return path


def _check(new: NewEndpoint, registry: Registry) -> None:
    if new.api_key_env and not _VARIABLE.fullmatch(new.api_key_env):
        raise UsageError(
            "endpoints new: --key-env wants the name of an environment variable, such as ACME_API_KEY; what was given "
            "is none and is not shown, since it may be a key. Put the key into the variable and give its name."
        )
    if new.id in registry.endpoints:
        raise UsageError(f"endpoints new: the id is taken; got {new.id!r}. Choose another id.")
    for kind, value in (("models", new.model), ("suites", new.schedule)):
        known = getattr(registry, kind)
        if value is not None and value not in known:
            raise UsageError(
                f"endpoints new: {kind[:-1]} is not registered; got {value!r}{find_closest(value, known)}. "
                f"Fix the name or add it under {kind}/ of the overlay."
            )
    try:
        Endpoint.model_validate({name: value for name, value in vars(new).items() if value and name != "thinking"})
    except ValidationError as error:
        reasons = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'entry'}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_url=False, include_input=False)
        )
        raise UsageError(f"endpoints new: {reasons}. Correct the options.") from None


def _render(new: NewEndpoint) -> str:
    return _TEMPLATE.format(
        **{name: json.dumps(getattr(new, name)) for name in ("base_url", "served_model")},
        id=new.id,
        model=new.model,
        api=new.api,
        max_concurrency=new.max_concurrency,
        key=f"api_key_env: {new.api_key_env}  # the variable's name, never a key"
        if new.api_key_env
        else "# api_key_env: ACME_API_KEY  # the variable's name, never a key",
        thinking=f"thinking: {{field: {json.dumps(new.thinking)}}}"
        if new.thinking
        else '# thinking: {field: reasoning_content}  # or {open: "<think>", close: "</think>"}',
        schedule=f"schedule: {new.schedule}" if new.schedule else "# schedule: weekly-core  # a suite",
    )
