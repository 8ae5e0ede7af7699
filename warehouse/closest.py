"""Name what a mistyped id was probably meant to be, for error messages."""

import difflib
from collections.abc import Iterable


def name_closest(value: str, known: Iterable[str]) -> str:
    """Return `; closest: 'x'`, ready to follow `got …`, or an empty string where nothing is close."""
    matches = difflib.get_close_matches(value, list(known), n=1, cutoff=0.5)
    return f"; closest: {matches[0]!r}" if matches else ""
