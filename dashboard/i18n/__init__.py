"""The words of the dashboard: every sentence passes through `t`, whose English is the message's own key.

Before: an English message with named places. After: the text in the reader's language, places filled. The language is
a context variable: pages set it at the start of a run, exports and commands with `use_language`. The catalogue is
`locale/<language>/LC_MESSAGES/modelgap.po`, compiled in memory on first use, so that no compiled copy can grow stale.
"""

import gettext
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

LANGUAGES = {"en": "EN", "zh": "中文"}
"""What readers may choose, and how each language calls itself."""
SOURCE = "en"
LOCALE = Path(__file__).with_name("locale")

_MARKS = "，。；：、？！（）《》"
_GAP = re.compile(f"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])|(?<=[{_MARKS}]) | (?=[{_MARKS}])")
"""A space that Chinese does not set: between two of its characters, or beside one of its marks."""

_language: ContextVar[str] = ContextVar("language", default=SOURCE)


def get_language() -> str:
    """Return the language that `t` answers in, `en` or `zh`."""
    return _language.get()


def set_language(language: str) -> None:
    """Let `t` answer in `language` for the rest of this thread's run; an unknown one counts as English."""
    _language.set(language if language in LANGUAGES else SOURCE)


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Let `t` answer in `language` inside the block: `with use_language("zh"): ...`."""
    token = _language.set(language if language in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _language.reset(token)


def t(message: str, **values: object) -> str:
    """Return `message` in the reader's language with its `{named}` places filled; English is what it is written in.

    Values are put in as they are: text that we did not write must be escaped for where it is shown.
    """
    return translate(message, values)


def tn(one: str, many: str, n: int, **values: object) -> str:
    """Return the form of a message that fits the number `n`, which fills the place `{n}`; the others are `values`."""
    return _fill(_load(_language.get()).ngettext(one, many, n), {"n": n, **values})


def translate(message: str, values: Mapping[str, object]) -> str:
    """Return what `t` returns of a message that stands elsewhere in the code: of a phrase of the warehouse."""
    text = _load(_language.get()).gettext(message)
    return _fill(text, values) if values else text


def say_number(value: float, spec: str = ".1f") -> str:
    """Return a number as it stands in a sentence: with a true minus."""
    return format(_Signed(value), spec)


def _fill(text: str, values: Mapping[str, object]) -> str:
    """Return a text with its places filled: numbers with a true minus; in Chinese no space where none is set."""
    signed = {name: _Signed(value) if isinstance(value, float) else value for name, value in values.items()}
    filled = text.format(**signed)
    return filled if _language.get() == SOURCE else _GAP.sub("", filled)


class _Signed(float):
    """A number that is written with the minus that the axes of figures have, and 0 without one."""

    def __format__(self, spec: str) -> str:
        text = super().__format__(spec)
        if not text.startswith("-"):
            return text
        return text.replace("-", "−", 1) if re.search("[1-9]", text) else text[1:]


def pick_name(row: Mapping[str, Any], field: str = "name") -> str:
    """Return what a registered thing is called in the reader's language: `name_zh` where there is one, else `name_en`.

    `field` is the columns' stem (a column of that very name is English too); the values come from the registry and
    are escaped by whoever shows them.
    """
    own = row.get(f"{field}_{_language.get()}")
    if isinstance(own, str) and own:
        return own
    return row[f"{field}_en"] if f"{field}_en" in row else row[field]


def format_day(day: date | str) -> str:
    """Return a day (or ISO date) as readers write it: 2026-01-07, in Chinese 2026年1月7日."""
    day = date.fromisoformat(day[:10]) if isinstance(day, str) else day
    if _language.get() == SOURCE:
        return (day.date() if isinstance(day, datetime) else day).isoformat()
    from babel.dates import format_date

    return format_date(day, "long", locale=_language.get())


@cache
def _load(language: str) -> gettext.NullTranslations:
    if language == SOURCE:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with find_catalogue(language).open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def find_catalogue(language: str) -> Path:
    """Return the file that holds a language's messages."""
    return LOCALE / language / "LC_MESSAGES" / "modelgap.po"
