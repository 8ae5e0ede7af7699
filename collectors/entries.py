"""What each registry YAML may say, as pydantic models; unknown keys are refused.

Before: plain mappings read from YAML. After: typed entries that `collectors.registry_loader` cross-checks and
hands to planning, collecting and the warehouse.
"""

import re
from datetime import date
from typing import Annotated, Literal

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
