"""English sentences that can still be told in another language, through JSON and back.

Before: a message with named places and the values in them, or a text of the registry. After: a `str` in English, as
documents and the command line print it, which keeps its parts, so that the dashboard can translate the message (which
is its catalogue's key, found in the code by the name `Phrase`) and name the values.
"""

import json
from typing import Any

from collectors.entries import Text


class Phrase(str):
    """A sentence in English that keeps its `message` and the `values` in the message's named places."""

    __slots__ = ("message", "values")
    message: str
    values: dict[str, Any]

    def __new__(cls, message: str, /, **values: object) -> "Phrase":
        """Return the sentence; values are what JSON can hold, phrases, texts, or print as they are (dates)."""
        phrase = super().__new__(cls, message.format(**values) if values else message)
        phrase.message, phrase.values = message, values
        return phrase

    @classmethod
    def revive(cls, parts: dict) -> "Phrase":
        """Return the sentence of a message and its values, as JSON holds them."""
        return cls(parts["message"], **parts["values"])

    def replace_values(self, **values: object) -> "Phrase":
        """Return the sentence with other values in those of its places that are named."""
        return type(self)(self.message, **{name: values.get(name, value) for name, value in self.values.items()})


class Told(str):
    """A text of the registry in English, which keeps its Chinese where there is one."""

    __slots__ = ("zh",)
    zh: str | None

    def __new__(cls, text: Text) -> "Told":
        """Return the English of a text."""
        told = super().__new__(cls, text.en)
        told.zh = text.zh
        return told


def get_message(error: Exception) -> str:
    """Return what an error says, with its parts where it was given them."""
    return error.args[0] if error.args and isinstance(error.args[0], Phrase) else str(error)


def dump_phrases(document: object) -> str:
    """Return a document as JSON in which phrases and texts keep their parts; `load_phrases` reads it."""
    return json.dumps(_take_apart(document), ensure_ascii=False, default=str)


def load_phrases(text: str) -> Any:
    """Return the document that `dump_phrases` wrote."""
    return json.loads(text, object_hook=_put_together)


def _take_apart(value: object) -> object:
    if isinstance(value, Phrase):
        return {"message": value.message, "values": _take_apart(value.values)}
    if isinstance(value, Told):
        return {"en": str(value), "zh": value.zh}
    if isinstance(value, dict):
        return {name: _take_apart(part) for name, part in value.items()}
    return [_take_apart(part) for part in value] if isinstance(value, list | tuple) else value


def _put_together(part: dict) -> object:
    if part.keys() == {"message", "values"}:
        return Phrase.revive(part)
    if part.keys() == {"en", "zh"}:
        return Told(Text(**part))
    return part
