"""Read the header and the summaries out of an Inspect `.eval` archive, deflated or, from 2026 on, Zstandard.

Before: a zip file that may be torn or made to harm. After: plain JSON values; nothing is unpacked to disk, and no name
or size that the archive states of itself is believed.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import pyarrow as pa

from collectors.errors import PayloadError
from collectors.importers.archives import Archive
from collectors.importers.contract import RawFile, read_count
from collectors.importers.opening import MAX_DOCUMENT_BYTES

HEADER, SUMMARIES, JOURNAL = "header.json", "summaries.json", "_journal/summaries/"
_ZSTANDARD = 93
_LOCAL_HEADER_BYTES = 30


class InspectArchive(Archive):
    """An `.eval` file. Use it as a context."""

    def __init__(self, file: RawFile):
        super().__init__(file)
        self._file = file

    def read_header(self) -> dict:
        """Return the log without its samples. Raises PayloadError where the log was never finished."""
        if HEADER not in self.names:
            raise PayloadError(f"{self._file.name}: has no {HEADER}: the log is unfinished, or no Inspect log at all.")
        header = self.read_json(HEADER)
        if not isinstance(header, dict):
            raise PayloadError(f"{self._file.name}:{HEADER}: no Inspect log; got a {type(header).__name__}.")
        return header

    def read_summaries(self) -> Iterator[Mapping]:
        """Return the samples' summaries: id, epoch, input, target, scores, error."""
        parts = [SUMMARIES] if SUMMARIES in self.names else self._list_journal()
        rows = [row for part in parts for row in self._read_list(part)]
        return (row for row in rows if isinstance(row, dict))

    def read(self, member: str, limit: int | None = None) -> bytes:
        """Return a member's bytes, of either compression, within bounds."""
        info = self._zip.getinfo(member) if member in self.names else None
        if info is None or info.compress_type != _ZSTANDARD:
            return super().read(member, limit)
        return self._read_zstandard(info, limit or MAX_DOCUMENT_BYTES)

    def _list_journal(self) -> list[str]:
        numbers = {name: read_count(PurePosixPath(name).stem) for name in self.names if name.startswith(JOURNAL)}
        return sorted((name for name in numbers if numbers[name] is not None), key=numbers.get)

    def _read_list(self, member: str) -> list:
        document = self.read_json(member)
        return document if isinstance(document, list) else []

    def _read_zstandard(self, info: zipfile.ZipInfo, limit: int) -> bytes:
        where = f"{self._file.name}:{info.filename}"
        try:
            with pa.CompressedInputStream(pa.py_buffer(self._read_compressed(info)), "zstd") as stream:
                data = stream.read(limit + 1)
        except (OSError, pa.ArrowException) as error:
            raise PayloadError(f"{where}: the compressed data are torn; got {error}. Fetch it again.") from None
        if len(data) > limit:
            raise PayloadError(f"{where}: holds more than {limit >> 20} MiB once decompressed. Check what it is.")
        return data

    def _read_compressed(self, info: zipfile.ZipInfo) -> bytes:
        with self._file.path.open("rb") as file:
            file.seek(info.header_offset)
            header = file.read(_LOCAL_HEADER_BYTES)
            if len(header) < _LOCAL_HEADER_BYTES or header[:4] != b"PK\x03\x04":
                raise PayloadError(f"{self._file.name}:{info.filename}: the archive is torn. Fetch it again.")
            skipped = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
            file.seek(skipped, io.SEEK_CUR)
            return file.read(min(info.compress_size, MAX_DOCUMENT_BYTES))
