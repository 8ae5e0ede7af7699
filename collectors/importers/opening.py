"""Read a raw file as the text, JSON, JSON lines or CSV it should be, within bounds, or refuse it clearly.

Before: bytes from outside, possibly compressed, torn, in another encoding, or made to harm. After: plain Python values;
a `PayloadError` names file and place for whatever cannot be read. `collectors.importers.archives` reads zip files.
"""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from collectors.errors import PayloadError
from collectors.importers.contract import RawFile

MAX_DOCUMENT_BYTES = 128 << 20
"""The most that one document may hold, decompressed: it is read into memory."""
MAX_STREAM_BYTES = 16 << 30
"""The most that a file read row by row may hold, decompressed."""
MAX_LINE_BYTES = 16 << 20
MAX_DEPTH = 100
"""The deepest that JSON may be nested: whoever walks through it does so by recursion."""
_GZIP = b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HALF_CHARACTER = re.compile(r"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]")
TORN = (EOFError, gzip.BadGzipFile, zlib.error)


class Bounded(io.RawIOBase):
    """A stream that gives at most so many bytes, and refuses where there would be more."""

    def __init__(self, stream: BinaryIO, limit: int, name: str):
        self._stream, self._left, self._name, self._limit = stream, limit, name, limit

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:
        """Fill `buffer`; raises PayloadError past the limit or where the compressed data are torn."""
        try:
            data = self._stream.read(len(buffer))
        except TORN as error:
            raise PayloadError(f"{self._name}: the compressed data are torn; got {error}. Fetch it again.") from error
        self._left -= len(data)
        if self._left < 0:
            raise PayloadError(
                f"{self._name}: holds more than {self._limit >> 20} MiB once decompressed; got no end. "
                "Check what it is; split it if it is right."
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the stream below."""
        self._stream.close()
        super().close()


def open_raw(file: RawFile, limit: int | None = None) -> BinaryIO:
    """Return a binary stream of a file, decompressed where it is gzip, that refuses to give more than `limit` bytes."""
    raw = file.path.open("rb")
    head = raw.read(2)
    raw.seek(0)
    stream = gzip.GzipFile(fileobj=raw) if head == _GZIP else raw
    return io.BufferedReader(Bounded(stream, limit or MAX_STREAM_BYTES, file.name), 1 << 18)


def read_text(file: RawFile) -> str:
    """Return a file's text, UTF-8 with or without a byte order mark, gzip or not. Raises PayloadError for any other."""
    with open_raw(file, MAX_DOCUMENT_BYTES) as stream:
        return decode(stream.read(), file.name)


def decode(data: bytes, name: str) -> str:
    """Return bytes decoded as UTF-8. Raises PayloadError that says where it is not, and when it is UTF-16."""
    if data.startswith(_UTF16):
        raise PayloadError(f"{name}: text is in UTF-16; got {data[:2].hex(' ')} at its start. Save it as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PayloadError(
            f"{name}: text is not UTF-8; got byte {data[error.start]:#04x} at {error.start}. "
            "Save it as UTF-8 (Chinese files are often GB18030)."
        ) from None


def read_json(file: RawFile) -> object:
    """Return a file's JSON document; NaN and Infinity come as floats, for the caller to refuse row by row.

    Raises PayloadError where it is no JSON, is an HTML page, is nested too deeply, or gives a key twice.
    """
    return parse_json(read_text(file), file.name)


def parse_json(text: str | bytes, name: str) -> object:
    """Return the JSON document in `text`, as `read_json` does; `name` is for the message."""
    text = decode(text, name) if isinstance(text, bytes) else text
    if text.lstrip()[:1] == "<":
        raise PayloadError(f"{name}: expected JSON; got an HTML or XML page. Check the address; it may want a login.")
    try:
        document = json.loads(text, object_pairs_hook=lambda pairs: _make_unique(pairs, name))
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"{name}: not valid JSON; got {error}. Fetch it again or mend it.") from None
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(document, name)
    if _HALF_CHARACTER.search(text):
        # Half of a surrogate pair is no character: nothing that holds one can be written.
        document = json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))
    return document


def read_json_lines(file: RawFile) -> Iterator[tuple[int, object]]:
    """Yield line number and value of each line of JSON that is not blank. Raises PayloadError at the first bad line."""
    with open_raw(file) as stream:
        for number, line in _read_lines(stream, file.name):
            if line.strip():
                yield number, parse_json(line, f"{file.name}:{number}")


def read_csv(file: RawFile, required: Iterable[str]) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Yield line number and row of a CSV with a header; None for a row with too few or too many fields.

    Raises PayloadError where a required column is missing or a column stands twice, or the text is not CSV in UTF-8.
    """
    with open_raw(file) as stream:
        yield from read_rows(stream, file.name, required)


def read_rows(stream: BinaryIO, name: str, required: Iterable[str]) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Yield the rows of a stream that is a CSV, as `read_csv` does of a file's."""
    reader = csv.reader((decode(line, f"{name}:{number}") for number, line in _read_lines(stream, name)), strict=True)
    try:
        header = next(reader, [])
        _check_header(header, required, name)
        for row in reader:
            if row:
                yield reader.line_num, dict(zip(header, row, strict=True)) if len(row) == len(header) else None
    except csv.Error as error:
        raise PayloadError(f"{name}:{reader.line_num}: not valid CSV; got {error}. Mend the quotes.") from None


def _read_lines(stream: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            raise PayloadError(
                f"{name}:{number}: the line is longer than {MAX_LINE_BYTES >> 20} MiB. Check what it is."
            )
        yield number, line


def _check_depth(document: object, name: str) -> None:
    level = [document]
    for _ in range(MAX_DEPTH):
        inner = [part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list)]
        level = [part for parts in inner for part in parts if isinstance(part, dict | list)]
        if not level:
            return
    raise PayloadError(f"{name}: JSON nested deeper than {MAX_DEPTH}. Check what it is.")


def _make_unique(pairs: list[tuple[str, object]], name: str) -> dict:
    document = dict(pairs)
    if len(document) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise PayloadError(f"{name}: a key stands twice in one object; got {twice[:100]!r}. Keep one of the two.")
    return document


def _check_header(header: list[str], required: Iterable[str], name: str) -> None:
    missing = [column for column in required if column not in header]
    twice = sorted({column for column in header if header.count(column) > 1})
    if header and header[0].lstrip().startswith("<"):
        raise PayloadError(f"{name}: expected CSV; got an HTML or XML page. Check the address; it may want a login.")
    if missing or twice:
        what = (
            f"columns are missing: {', '.join(name or '(without a name)' for name in missing)}"
            if missing
            else f"a column stands twice: {', '.join(twice)}"
        )
        raise PayloadError(f"{name}:1: {what}; got {','.join(header)[:200]!r}. See docs/importing.md for the columns.")
