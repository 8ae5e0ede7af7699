"""Plain sums with dates, for the calculator baseline.

Before: a question about one or two written dates or a weekday. After: the span, the date or the weekday; None where
the question is of another kind.
"""

import re
from datetime import date, timedelta

_MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH = "|".join(_MONTHS)
_DAY = "|".join(_DAYS)
_HAN_DAYS = "一二三四五六日"
_DATE = re.compile(
    rf"(?P<d1>\d{{1,2}}) (?P<m1>{_MONTH}) (?P<y1>\d{{4}})|(?P<m2>{_MONTH}) (?P<d2>\d{{1,2}}),? (?P<y2>\d{{4}})"
    r"|(?P<y3>\d{4})(?:-|年)(?P<m3>\d{1,2})(?:-|月)(?P<d3>\d{1,2})日?",
    re.I,
)
_SHIFT = re.compile(r"(\d+) days? (after|before|from|later)|(?:之?(后|前))(\d+)天|(\d+)天(?:之?(后|前))", re.I)
_IN_DAYS = re.compile(r"in (\d+) days|(\d+)天后", re.I)


def solve_date(question: str) -> tuple[str, str] | None:
    """Return the working and value of a question about dates that one subtraction or addition answers."""
    days = [day for found in _DATE.finditer(question) if (day := _read(found))]
    if re.search(rf"(?:today|now) is (?:a )?({_DAY})|今天是(?:星期|周)([{_HAN_DAYS}天])", question, re.I) and not days:
        return _weekday_later(question)
    if (
        len(days) == 2
        and re.search(r"how many days|多少天", question, re.I)
        and not re.search("both|含|neither", question)
    ):
        return f"{days[1]} - {days[0]}", str((days[1] - days[0]).days)
    if days and re.search(r"day of the week|星期几|周几", question, re.I):
        name = _DAYS[days[-1].weekday()].capitalize()
        chinese = re.search("星期|周", question)
        return f"{days[-1]}", f"星期{_HAN_DAYS[days[-1].weekday()]}" if chinese else name
    return _shift(question, days)


def _read(found: re.Match[str]) -> date | None:
    year, month, day = (found[f"{part}1"] or found[f"{part}2"] or found[f"{part}3"] for part in "ymd")
    number = int(month) if month.isdigit() else _MONTHS.index(month.lower()) + 1
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


def _weekday_later(question: str) -> tuple[str, str] | None:
    ahead = _IN_DAYS.search(question)
    if not ahead:
        return None
    english = re.search(rf"is (?:a )?({_DAY})", question, re.I)
    chinese = re.search(rf"(?:星期|周)([{_HAN_DAYS}天])", question)
    start = _DAYS.index(english[1].lower()) if english else min("一二三四五六日天".index(chinese[1]), 6)
    place = (start + int(ahead[1] or ahead[2])) % 7
    return f"{start} + {ahead[1] or ahead[2]}, modulo 7", _DAYS[
        place
    ].capitalize() if english else f"星期{_HAN_DAYS[place]}"


def _shift(question: str, days: list[date]) -> tuple[str, str] | None:
    shifts = _SHIFT.findall(question)
    if len(days) != 1 or len(shifts) != 1 or len(re.findall(r"\d+", question)) > 4:
        return None
    after, direction, way, count, count_first, way_last = shifts[0]
    number, word = int(after or count or count_first), (direction or way or way_last).lower()
    sign = -1 if word in ("before", "前") else 1
    try:
        return f"{days[0]} {'-' if sign < 0 else '+'} {number}", str(days[0] + sign * timedelta(number))
    except OverflowError:
        return None
