"""Keeps the catalogues in step with the words in the code: `python -m dashboard.i18n.catalogue`.

Before: every `t("…")` and `tn("…", "…", n)` of the dashboard, every `Phrase("…")` of the warehouse. After: each
language's file holds exactly those messages, untranslated ones empty. A test refuses a catalogue that is out of step.
"""

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from dashboard.i18n import LANGUAGES, SOURCE, find_catalogue

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("dashboard", "warehouse")
KEYWORDS = {"t": 1, "tn": 2, "Phrase": 1}
"""How many of a call's arguments make the message's key."""

_NOISE = (b'"POT-', b'"PO-', b'"Project-', b'"Report-', b'"Last-', b'"Language-Team')
"""Header lines that are empty forms, or change the file with each writing."""

Key = str | tuple[str, str]


def find_messages(source: str) -> Iterator[Key]:
    """Yield the key of each message in a module's text. Raises ValueError where a key is not a plain string."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            parts = [ast.literal_eval(argument) for argument in node.args[: KEYWORDS[node.func.id]]]
            yield parts[0] if len(parts) == 1 else (parts[0], parts[1])


def list_messages() -> set[Key]:
    """Return the keys of every message in the two packages."""
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return {key for path in paths for key in find_messages(path.read_text(encoding="utf-8"))}


def read_catalogue(language: str) -> dict[Key, str]:
    """Return a language's messages by key; an untranslated one is empty."""
    with find_catalogue(language).open("rb") as source:
        catalogue = read_po(source, locale=language)
    return {message.id: _join(message.string) for message in catalogue if message.id}


def write_catalogue(language: str, messages: dict[Key, str]) -> None:
    """Write a language's file anew: its messages in the order of their keys."""
    comment = "# The words of the dashboard, keyed by their English text in the code."
    catalogue = Catalog(locale=language, header_comment=comment, fuzzy=False)
    for key in sorted(messages, key=str):
        catalogue.add(key, messages[key] if isinstance(key, str) else (messages[key],))
    written = BytesIO()
    write_po(written, catalogue, width=120)
    kept = [line for line in written.getvalue().splitlines(keepends=True) if not line.startswith(_NOISE)]
    find_catalogue(language).write_bytes(b"".join(kept))


def update_catalogues() -> dict[str, int]:
    """Return by language how many messages wait for a translation, having brought the files in step with the code."""
    keys, waiting = list_messages(), {}
    for language in LANGUAGES:
        if language != SOURCE:
            known = read_catalogue(language)
            write_catalogue(language, {key: known.get(key, "") for key in keys})
            waiting[language] = sum(not known.get(key) for key in keys)
    return waiting


def _join(string: str | tuple[str, ...]) -> str:
    return string if isinstance(string, str) else string[0]


if __name__ == "__main__":
    for language, n in update_catalogues().items():
        print(f"{find_catalogue(language)}: {n} messages to translate")
