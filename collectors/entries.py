"""What each registry YAML may say, as pydantic models; unknown keys are refused.

Before: plain mappings read from YAML. After: typed entries that `collectors.registry_loader` cross-checks and
hands to planning, collecting and the warehouse.
"""

import re
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    field_validator,
    model_validator,
)

EntryId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=120)]
ModelId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*$", max_length=160)]
Fraction = Annotated[float, Field(ge=0, le=1)]
PositiveInt = Annotated[int, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Origin = Literal["measured", "independent", "leaderboard", "vendor"]
Bloc = Literal["domestic", "frontier", "other", "baseline"]
Unit = Literal["fraction", "elo"]
_KEY_LIKE = re.compile(
    r"\b(?:sk|tp|xai|gsk|hf)[-_]\w{8,}|bearer |\b(?:x-)?api[-_]?key\b|authorization|secret|password", re.IGNORECASE
)
"""What a key, or the name of a field that holds one, looks like."""


def _check_link(value: str) -> str:
    HttpUrl(value)
    return value


Link = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_check_link)]


_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
"""Control characters, those that turn the reading direction, and those that show as nothing."""


class Entry(BaseModel):
    """The base of all registry entries: closed, immutable, every text of it legible."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _check_legible(cls, value: object) -> object:
        for text in value if isinstance(value, list | tuple) else (value,):
            if isinstance(text, str) and (found := _UNSEEN.search(text)):
                raise ValueError(f"holds the character U+{ord(found.group()):04X}, which no reader sees; remove it")
        return value


class Name(Entry):
    """A name in English and, where one exists, Chinese."""

    en: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    zh: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None


class Text(Entry):
    """A text in English and, where it was translated or first said so, Chinese; plain text is English."""

    en: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    zh: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _wrap(cls, value: object) -> object:
        return {"en": value} if isinstance(value, str) else value

    def __str__(self) -> str:
        """Return the text in English."""
        return self.en


class Price(Entry):
    """What a served model costs: `currency` per `per` tokens, as `source` stated it on `as_of`."""

    input: NonNegative
    output: NonNegative
    currency: Literal["USD", "CNY", "EUR"] = "USD"
    per: Literal["1M", "1K"] = "1M"
    as_of: date | None = None
    source: Link | None = None
    note: str | None = None


class DatedPrice(Price):
    """A list price from a day on."""

    from_: date = Field(alias="from")


def _check_no_key(value: dict[str, object]) -> dict[str, object]:
    if _KEY_LIKE.search(str(value)):
        raise ValueError("'extra' must hold no key: name a variable in 'api_key_env' instead")
    return value


class RequestOptions(Entry):
    """What this provider wants in, or refuses from, a request body."""

    max_tokens_field: Literal["max_tokens", "max_completion_tokens", "max_output_tokens"] = "max_tokens"
    omit: tuple[str, ...] = ()
    extra: Annotated[dict[str, object], AfterValidator(_check_no_key)] = {}


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


class Model(Entry):
    """A named, dated set of weights or API version: `developer/model`."""

    id: ModelId
    name: Name
    family: EntryId | None = None
    aliases: tuple[str, ...] = ()
    release_date: date | None = None
    date_precision: Literal["day", "month", "on-or-before"] = "day"
    open_weights: bool | None = None
    params_b: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    active_params_b: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    modality: Literal["text", "multimodal", "video"] = "text"
    prices: tuple[DatedPrice, ...] = ()
    retired_on: date | None = None
    source: Link | None = None
    notes: str | None = None


class Developer(Entry):
    """One developer and its models; the bloc follows from the country through blocs.yaml."""

    developer: EntryId
    name: Name
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    models: tuple[Model, ...] = ()


class Benchmark(Entry):
    """A public test: what a score on it means."""

    id: EntryId
    name: Name
    domain: EntryId
    unit: Unit = "fraction"
    chance_floor: Fraction | None = None
    released_date: date | None = None
    isic: Annotated[str, StringConstraints(pattern=r"^[A-V]$")] | None = None
    source: Link | None = None
    notes: Text | None = None


class LmEval(Entry):
    """The lm-eval task that runs a benchmark, and which of its numbers is the score."""

    task: Annotated[str, StringConstraints(min_length=1)]
    metric: Annotated[str, StringConstraints(min_length=1)]
    filter: str = "none"
    fewshot: Annotated[int, Field(ge=0, le=64)] | None = None


class Dataset(Entry):
    """Where the items come from: a hub id, and a path below $MODELGAP_DATASETS for a local copy."""

    hub: str | None = None
    local: str | None = None

    @model_validator(mode="after")
    def _local_stays_below(self) -> "Dataset":
        if self.local and (self.local.startswith(("/", "~")) or ".." in self.local.split("/")):
            raise ValueError("'local' must be a relative path without '..'")
        return self


class Subtask(Entry):
    """One member of a group task, such as a subject of CMMLU."""

    name: Name
    isic: Annotated[str, StringConstraints(pattern=r"^[A-V]$")] | None = None
    weak: bool = False


class Task(Entry):
    """Benchmark <-> lm-eval task, with domain, chance floor and token limit."""

    id: EntryId
    benchmark: EntryId
    name: Name
    domain: EntryId
    isic: Annotated[str, StringConstraints(pattern=r"^[A-V]$")] | None = None
    language: Literal["en", "zh", "mixed"] = "en"
    lm_eval: LmEval
    output_type: Literal["generate_until", "multiple_choice", "loglikelihood"] = "generate_until"
    dataset: Dataset | None = None
    generated: bool = False
    subtasks: dict[str, Subtask] = {}
    max_tokens: PositiveInt
    chance_floor: Fraction
    unsafe_code: bool = False
    retired_on: date | None = None
    source: Link | None = None
    notes: str | None = None

    @model_validator(mode="after")
    def _items_from_somewhere(self) -> "Task":
        if self.generated == (self.dataset is not None):
            raise ValueError("give either 'dataset' or 'generated: true'")
        return self


def _check_timezone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"unknown time zone {value!r}; use an IANA name such as Asia/Shanghai")
    ZoneInfo(value)
    return value


def _check_cron(value: str) -> str:
    if len(value.split()) != 5:
        raise ValueError("a cron expression has five fields: minute hour day month weekday")
    return value


class Schedule(Entry):
    """When a suite is due: a five-field cron expression (0 and 7 are Sunday, as in cron) in a time zone."""

    cron: Annotated[str, AfterValidator(_check_cron)]
    timezone: Annotated[str, AfterValidator(_check_timezone)] = "UTC"


class Budget(Entry):
    """What a suite may cost; a run that would exceed it does not start."""

    usd_per_run: NonNegative | None = None
    usd_per_month: NonNegative | None = None


class Suite(Entry):
    """Which tasks, for which endpoints, on which schedule, within which budget.

    An endpoint belongs to a suite that it names in its `schedule`, or that names it in `endpoints`.
    """

    id: EntryId
    name: Name | None = None
    tasks: Annotated[tuple[EntryId, ...], Field(min_length=1)]
    endpoints: tuple[EntryId, ...] = ()
    schedule: Schedule | None = None
    limit: PositiveInt | None = None
    budget: Budget = Budget()
    retired_on: date | None = None


class Source(Entry):
    """An outside publisher of figures: whose they are, under which licence, how fresh they should be.

    What it measured is in no snapshot where its terms forbid to `show` it, in no table or package that leaves the house
    where they forbid to `redistribute` it. `fetch_from` are addresses for its importer to fetch from in place of its
    own, such as a mirror's.
    """

    id: EntryId
    name: Name
    url: Link
    licence: Text
    licence_url: Link | None = None
    attribution: Text
    show: bool = True
    redistribute: bool
    kind: Literal["measured", "dataset", "leaderboard", "vendor", "press", "compilation"]
    cadence_days: PositiveInt | None = None
    fetch_from: tuple[Link, ...] = ()
    retrieved_on: date | None = None
    notes: str | None = None

    @model_validator(mode="after")
    def _shown_before_passed_on(self) -> "Source":
        if self.redistribute and not self.show:
            raise ValueError("'redistribute' needs 'show'")
        return self


class Domain(Entry):
    """Our grouping of benchmarks."""

    id: EntryId
    name: Name


class BlocRule(Entry):
    """Which countries or developers form a bloc; `other` is whatever no rule names."""

    name: Name
    countries: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")], ...] = ()
    developers: tuple[EntryId, ...] = ()


class IsicSection(Entry):
    """A section of the International Standard Industrial Classification; `short` for where its name has no room."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-V]$")]
    name: Name
    short: Name | None = None


class LandscapeCount(Entry):
    """How many models or services existed on a day, as one source counted them."""

    id: EntryId
    count_date: date
    count: PositiveInt
    what: Text
    series: EntryId
    is_lower_bound: bool = False
    source: Link
    notes: Text | None = None
