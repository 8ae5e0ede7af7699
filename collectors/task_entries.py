"""What the YAML of a task or a suite may say: what is asked, how it is marked, when, and for how much.

Before: plain mappings read from YAML. After: typed entries for planning and collecting.
"""

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from collectors.entries import Entry, EntryId, Fraction, Link, Name, NonNegative, PositiveInt


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
    subtasks: dict[str, Subtask] = Field(default_factory=dict)
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
