"""Read cron expressions as cron does, and say when they fire.

Before: a `Schedule` of the registry, five fields and a time zone. After: the slots at which a suite is due, in UTC,
for Python finds a repeated or skipped wall-clock time unequal to every moment of another zone. A repeated wall-clock
time is one slot; a skipped one fires at the moment it would have been.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from collectors.errors import UsageError
from collectors.task_entries import Schedule

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LOOK_BACK = tuple(timedelta(days=days) for days in (1 / 24, 1, 8, 32, 367, 8 * 366 + 1))
"""Growing windows in which the latest slot is looked for; the last holds every 29 February, also over 2100."""


def make_trigger(schedule: Schedule) -> BaseTrigger:
    """Return an APScheduler trigger that fires when cron would. Raises UsageError where the expression makes no sense.

    Two quirks are mended: APScheduler numbers weekdays from Monday = 0, cron from Sunday = 0 (and 7); and where both
    day of month and weekday are restricted, cron fires on either, APScheduler only on both.
    """
    minute, hour, day, month, weekday = schedule.cron.split()
    try:
        either = not (day.startswith("*") or weekday.startswith("*"))
        weekday = _name_weekdays(weekday)
        fields = {"minute": minute, "hour": hour, "month": month.lower(), "timezone": ZoneInfo(schedule.timezone)}
        if either:
            return OrTrigger([CronTrigger(day=day, **fields), CronTrigger(day_of_week=weekday, **fields)])
        return CronTrigger(day=day, day_of_week=weekday, **fields)
    except (ValueError, LookupError) as error:
        raise UsageError(
            f"schedule: not a cron expression; got {schedule.cron!r}: {error}. "
            "Write minute, hour, day of month, month, weekday, such as '0 3 * * 1'."
        ) from None


def find_last_slot(schedule: Schedule, now: datetime) -> datetime | None:
    """Return the latest slot at or before `now`, in UTC; None where it never fires."""
    trigger, now = make_trigger(schedule), now.astimezone(UTC)
    for window in _LOOK_BACK:
        last = None
        slot = _next_after(trigger, now - window)
        while slot is not None and slot <= now:
            last, slot = slot, _next_after(trigger, slot)
        if last is not None:
            return last
    return None


def find_next_slot(schedule: Schedule, now: datetime) -> datetime | None:
    """Return the first slot after `now`, in UTC; None where it never fires again."""
    return _next_after(make_trigger(schedule), now)


def _next_after(trigger: BaseTrigger, moment: datetime) -> datetime | None:
    moment = moment.astimezone(UTC)
    while True:
        moment += timedelta(microseconds=1)
        slot = trigger.get_next_fire_time(None, moment)
        if slot is None:
            return None
        moment = slot.astimezone(UTC)
        if not slot.fold:
            return moment


def _name_weekdays(field: str) -> str:
    """Return a cron weekday field in names, which mean the same to cron and to APScheduler."""
    if field == "*":
        return field
    days: set[int] = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        start, end = (0, 6) if span == "*" else (_number(first), _number(last) if dash else _number(first))
        if step and not dash and span != "*":
            end = 6
        # Saturday to Sunday: cron writes 6-7 or, in names, sat-sun, whose end comes first in the week.
        end += 7 if end < start else 0
        days |= {day % 7 for day in range(start, end + 1, _step(step))}
    return ",".join(WEEKDAYS[day] for day in sorted(days))


def _number(text: str) -> int:
    if text in WEEKDAYS:
        return WEEKDAYS.index(text)
    if not text.isdecimal() or int(text) > 7:
        raise ValueError(f"no such weekday: {text!r}")
    return int(text)


def _step(text: str) -> int:
    if not text:
        return 1
    if not text.isdecimal() or int(text) == 0:
        raise ValueError(f"no such step: {text!r}")
    return int(text)
