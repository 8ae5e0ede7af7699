"""Questions about dates and calendars, all in the Gregorian calendar.

Before: a seeded random source. After: a question in English or Chinese, and its answer as `datetime` counts it.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from collectors.generators.items import Item, Language, Level, draw_items, pose

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS_ZH = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Written out, for `strftime` follows the machine's locale."""
ORDINALS = ("first", "second", "third", "fourth")
Question = tuple[str, str, object, str]
"""In English, in Chinese, the answer, and its kind."""


def generate(edition: str, language: Language, n: int) -> list[Item]:
    """Return `n` questions about dates, easy, medium, hard in turn."""
    return draw_items("dates", edition, language, n, make_item)


def make_item(random: Random, level: Level, language: Language) -> Item:
    """Return one question of `level`."""
    en, zh, answer, kind = random.choice(QUESTIONS[level])(random)
    return pose(zh if language == "zh" else en, answer, kind, level, language)


def _draw_day(random: Random, first: int, last: int) -> date:
    start = date(first, 1, 1)
    return start + timedelta(random.randrange((date(last, 12, 31) - start).days + 1))


def _write(day: date) -> tuple[str, str]:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}", f"{day.year}年{day.month}月{day.day}日"


def ask_weekday_soon(random: Random) -> Question:
    """The weekday some days on, today's being given."""
    today, days = random.randrange(7), random.randint(8, 40)
    answer = WEEKDAYS[(today + days) % 7]
    return (
        f"Today is {WEEKDAYS[today]}. Which day of the week will it be in {days} days?",
        f"今天是{WEEKDAYS_ZH[today]}。{days}天后是星期几？",
        answer,
        "weekday",
    )


def ask_days_in_month(random: Random) -> Question:
    """The days from one day of a month to another."""
    day = _draw_day(random, 1990, 2040).replace(day=random.randint(1, 10))
    later = day + timedelta(random.randint(5, 17))
    (en, zh), (en_later, zh_later) = _write(day), _write(later)
    return (
        f"How many days pass from {en} to {en_later}?",
        f"从{zh}到{zh_later}经过多少天？",
        (later - day).days,
        "number",
    )


def ask_date_soon(random: Random) -> Question:
    """The date some days on, over the end of a month."""
    day = _draw_day(random, 1990, 2040)
    days = random.randint(9, 28)
    en, zh = _write(day)
    return f"Which date is {days} days after {en}?", f"{zh}之后{days}天是哪一天？", day + timedelta(days), "date"


def ask_days_between(random: Random) -> Question:
    """The days between two dates up to three years apart."""
    day = _draw_day(random, 1960, 2060)
    later = day + timedelta(random.randint(70, 1_100))
    (en, zh), (en_later, zh_later) = _write(day), _write(later)
    return (
        f"How many days pass from {en} to {en_later}?",
        f"从{zh}到{zh_later}经过多少天？",
        (later - day).days,
        "number",
    )


def ask_date_before(random: Random) -> Question:
    """The date some hundred days before."""
    day, days = _draw_day(random, 1960, 2060), random.randint(90, 420)
    en, zh = _write(day)
    return f"Which date is {days} days before {en}?", f"{zh}之前{days}天是哪一天？", day - timedelta(days), "date"


def ask_weekday_from_other(random: Random) -> Question:
    """The weekday of a date, another date's being given."""
    day = _draw_day(random, 1960, 2060)
    later = day + timedelta(random.randint(60, 340))
    (en, zh), (en_later, zh_later) = _write(day), _write(later)
    return (
        f"{en} is a {WEEKDAYS[day.weekday()]}. Which day of the week is {en_later}?",
        f"{zh}是{WEEKDAYS_ZH[day.weekday()]}。{zh_later}是星期几？",
        WEEKDAYS[later.weekday()],
        "weekday",
    )


def ask_weekday_far(random: Random) -> Question:
    """The weekday of a date in two centuries, nothing given."""
    day = _draw_day(random, 1850, 2150)
    en, zh = _write(day)
    return f"Which day of the week is {en}?", f"{zh}是星期几？", WEEKDAYS[day.weekday()], "weekday"


def ask_workdays(random: Random) -> Question:
    """The days from Monday to Friday in a span."""
    day = _draw_day(random, 1980, 2050)
    later = day + timedelta(random.randint(100, 700))
    answer = sum((day + timedelta(k)).weekday() < 5 for k in range((later - day).days + 1))
    (en, zh), (en_later, zh_later) = _write(day), _write(later)
    return (
        f"How many days from {en} to {en_later}, both included, are neither a Saturday nor a Sunday?",
        f"从{zh}到{zh_later}（含首尾两天），既不是星期六也不是星期日的日子有多少天？",
        answer,
        "number",
    )


def ask_nth_weekday_shifted(random: Random) -> Question:
    """A date counted from the n-th weekday of a month."""
    month, weekday, nth = _draw_day(random, 1950, 2080).replace(day=1), random.randrange(7), random.randrange(4)
    weeks, days = random.randint(3, 30), random.randint(2, 60)
    anchor = month + timedelta((weekday - month.weekday()) % 7 + 7 * nth)
    return (
        f"Take the {ORDINALS[nth]} {WEEKDAYS[weekday]} of {MONTHS[month.month - 1]} {month.year}, go {weeks} weeks "
        f"forward and then {days} days back. Which date is that?",
        f"从{month.year}年{month.month}月的第{nth + 1}个{WEEKDAYS_ZH[weekday]}算起，先推后{weeks}个星期，"
        f"再倒退{days}天，是哪一天？",
        anchor + timedelta(7 * weeks - days),
        "date",
    )


def ask_fridays_13th(random: Random) -> Question:
    """How often a day of the month falls on a weekday in a span of years."""
    first, weekday, number = random.randint(1900, 2090), random.randrange(7), random.choice([1, 13, 28, 29, 30])
    last = first + random.randint(3, 9)
    days = (date(first, 1, 1) + timedelta(k) for k in range((date(last, 12, 31) - date(first, 1, 1)).days + 1))
    answer = sum(day.day == number and day.weekday() == weekday for day in days)
    return (
        f"In the years {first} to {last}, both included, how many times does day {number} of a month fall on a "
        f"{WEEKDAYS[weekday]}?",
        f"从{first}年到{last}年（含首尾两年），一共有多少个月的{number}日是{WEEKDAYS_ZH[weekday]}？",
        answer,
        "number",
    )


QUESTIONS: dict[Level, list[Callable[[Random], Question]]] = {
    "easy": [ask_weekday_soon, ask_days_in_month, ask_date_soon],
    "medium": [ask_days_between, ask_date_before, ask_weekday_from_other],
    "hard": [ask_weekday_far, ask_workdays, ask_nth_weekday_shifted, ask_fridays_13th],
}
