"""Read the answer out of a reply that was asked to end with "Answer: X" or "答案：X".

Before: replies as the model wrote them (thinking already separated), and what kind of answer each item wants. After:
one canonical spelling of the last answer given, to be compared with the target by exact match; an empty string where
there is none, which matches no target.

Every reader takes the last answer that the reply marks as such, else what it can find in the last line with text.
Full-width letters, digits and signs are read as their plain forms.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

_MARK = re.compile(r"(?:answer|答案)[^\w:=]*(?:应该?[是为选]|[是为选]|is\b|[:=])", re.I)
_DECORATION = re.compile(r"\\(?:boxed|text|mathrm|mathbf)\s*|[*`$#_{}\\]|\s+$")
_FIGURE = r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMBER = re.compile(rf"(?<![\d.]){_FIGURE}")
_NUMBER_ALONE = re.compile(rf"\W*?({_FIGURE})(?![\d,.]*\d|\s*[-+*/×÷=^])")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_LETTERS = re.compile(r"(?<![A-Za-z])([A-H])(?:\s*[,、/;和或及与&]?\s*([A-H]))?(?![A-Za-z])")
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAY_EN = re.compile("|".join(_WEEKDAYS_EN), re.I)
_WEEKDAY_ZH = re.compile(r"(?:星期|礼拜|周)([一二三四五六日天])")
_NUMERAL = re.compile(r"[负零〇一二两三四五六七八九十百千万亿点壹贰叁肆伍陆柒捌玖拾佰仟萬億]+")


def read_answers(replies: Iterable[Sequence[str]], docs: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Return the answer in each reply, read as its document's `kind`. An lm-eval `custom` filter."""
    return [
        [READERS[doc["kind"]](_plain(reply)) for reply in repeats] for repeats, doc in zip(replies, docs, strict=True)
    ]


def read_letters(replies: Iterable[Sequence[str]], docs: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Return the option letter in each reply. An lm-eval `custom` filter for multiple choice by generation."""
    return [[read_letter(_plain(reply)) for reply in repeats] for repeats in replies]


def _plain(reply: object) -> str:
    return unicodedata.normalize("NFKC", reply).replace("−", "-") if isinstance(reply, str) else ""


def _find_places(reply: str) -> tuple[str, str]:
    """Return the line after the reply's last mark, and its last line with text; "" for what is missing."""
    lines = [line for line in reply.splitlines() if line.strip()]
    marks = list(_MARK.finditer(reply))
    marked = reply[marks[-1].end() :].strip().splitlines()[:1] if marks else []
    marked_line, last_line = ("".join(part) for part in (marked, lines[-1:]))
    return _DECORATION.sub("", marked_line).strip(), _DECORATION.sub("", last_line).strip()


def read_number(reply: str) -> str:
    """Return the number answered, without thousands marks and trailing zeros: "1,250.50" is "1250.5".

    After a mark: the number it begins with, else the first after its last "=", as in "12 + 30 = 42 apples".
    In a last line without mark: its last number.
    """
    marked, last = _find_places(reply)
    if alone := _NUMBER_ALONE.match(marked):
        return format_number(alone[1].replace(",", ""))
    found = _NUMBER.findall(marked.rpartition("=")[2])[:1] or _NUMBER.findall(last)[-1:]
    return format_number(found[0].replace(",", "")) if found else ""


def format_number(value: str) -> str:
    """Return a decimal number in its shortest plain form, such as "1250.5" for "1250.50" and "0" for "-0"."""
    number = Decimal(value)
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else str(int(number))
    return "0" if text in {"-0", ""} else text


def read_date(reply: str) -> str:
    """Return the last date answered, as 2025-03-09; written with "-", "/", "." or 年月日, year first."""
    for place in _find_places(reply):
        if found := _DATE.findall(place):
            year, month, day = map(int, found[-1])
            return f"{year:04}-{month:02}-{day:02}"
    return ""


def read_weekday(reply: str) -> str:
    """Return the last weekday answered, by its English name, whether written so or as 星期三, 周三, 礼拜三."""
    for place in _find_places(reply):
        english = [name.capitalize() for name in _WEEKDAY_EN.findall(place)]
        chinese = [_WEEKDAYS_EN[min("一二三四五六日天".index(sign), 6)] for sign in _WEEKDAY_ZH.findall(place)]
        if english or chinese:
            return (english or chinese)[-1]
    return ""


def read_letter(reply: str) -> str:
    """Return the option letter answered: after a mark the first, in a last line the last; none where two are given."""
    marked, last = _find_places(reply)
    if lone := re.fullmatch(r"\W*([a-h])\W*", marked or last):
        return lone[1].upper()
    found = _LETTERS.findall(marked)[:1] or _LETTERS.findall(last)[-1:]
    return found[0][0] if found and not found[0][1] else ""


def read_text(reply: str) -> str:
    """Return the words answered, on one line, without quotation marks around them."""
    marked, last = _find_places(reply)
    text = re.sub(r"\s+", " ", marked or last).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    return text


def read_numeral(reply: str) -> str:
    """Return the Chinese numeral answered, 两 as 二, 〇 as 零, and a leading 一十 as 十."""
    for place in _find_places(reply):
        if found := _NUMERAL.findall(place):
            return re.sub(r"^(负?)一十", r"\1十", found[-1].replace("两", "二").replace("〇", "零"))
    return ""


READERS: Mapping[str, Callable[[str], str]] = {
    "number": read_number,
    "date": read_date,
    "weekday": read_weekday,
    "letter": read_letter,
    "text": read_text,
    "numeral": read_numeral,
}
