"""What the YAML of an endpoint may say: where it answers, what its provider wants, and never a key.

Before: a plain mapping read from YAML. After: a typed entry for planning and collecting.
"""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from collectors.entries import Entry, EntryId, Link, ModelId, PositiveInt, Price

_KEY_LIKE = re.compile(
    r"\b(?:sk|tp|xai|gsk|hf)[-_]\w{8,}|bearer |\b(?:x-)?api[-_]?key\b|authorization|secret|password", re.IGNORECASE
)
"""What a key, or the name of a field that holds one, looks like."""


def _check_no_key(value: dict[str, object]) -> dict[str, object]:
    if _KEY_LIKE.search(str(value)):
        raise ValueError("'extra' must hold no key: name a variable in 'api_key_env' instead")
    return value


class RequestOptions(Entry):
    """What this provider wants in, or refuses from, a request body."""

    max_tokens_field: Literal["max_tokens", "max_completion_tokens", "max_output_tokens"] = "max_tokens"
    omit: tuple[str, ...] = ()
    extra: Annotated[dict[str, object], AfterValidator(_check_no_key)] = Field(default_factory=dict)


class Thinking(Entry):
    """Where the provider puts thinking text: a message field of its own, or between two marks in the content."""

    field: str | None = None
    open: str | None = None
    close: str | None = None

    @model_validator(mode="after")
    def _field_or_marks(self) -> "Thinking":
        if (self.field is None) == (self.open is None) or (self.open is None) != (self.close is None):
            raise ValueError("give either 'field', or both 'open' and 'close'")
        return self


class Endpoint(Entry):
    """A callable address that serves one model. Keys appear only as the name of an environment variable."""

    id: EntryId
    model: ModelId
    api: Literal["openai-chat", "openai-completions", "anthropic-messages"]
    base_url: Link | None = None
    embedded: Literal["chance", "calculator"] | None = None
    served_model: Annotated[str, StringConstraints(min_length=1)]
    api_key_env: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,63}$")] | None = None
    max_concurrency: Annotated[int, Field(gt=0, le=1024)] = 8
    requests_per_minute: PositiveInt | None = None
    tokens_per_minute: PositiveInt | None = None
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 600.0
    request: RequestOptions = RequestOptions()
    thinking: Thinking | None = None
    loglikelihood: bool = False
    effort: EntryId | None = None
    quantization: str | None = None
    served_by: str | None = None
    price: Price | None = None
    schedule: EntryId | None = None
    retired_on: date | None = None
    source: Link | None = None
    notes: str | None = None

    @model_validator(mode="after")
    def _address_and_api(self) -> "Endpoint":
        if (self.base_url is None) == (self.embedded is None):
            raise ValueError("give either 'base_url' or 'embedded'")
        if self.base_url and re.search(r"//[^/]*@", self.base_url):
            raise ValueError("'base_url' must hold no user or password: name a variable in 'api_key_env' instead")
        if self.loglikelihood and self.api != "openai-completions":
            raise ValueError("'loglikelihood' needs api: openai-completions (chat gives no prompt log-likelihood)")
        return self

    @property
    def is_simulated(self) -> bool:
        """True where this program itself plays the endpoint."""
        return self.embedded is not None
