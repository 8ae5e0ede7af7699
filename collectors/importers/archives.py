"""Read the members of a zip file in memory, one at a time, within bounds.

Before: an archive from outside, possibly torn, or made to harm by its names, sizes or number of members. After: bytes
and plain Python values; nothing is ever unpacked to disk.
"""

import io
import lzma
import stat
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from collectors.errors import PayloadError
from collectors.importers.contract import RawFile
from collectors.importers.opening import MAX_DOCUMENT_BYTES, TORN, Bounded, parse_json, read_rows

MAX_MEMBERS = 200_000
_UNREADABLE = (
    KeyError, RuntimeError, NotImplementedError, OSError, ValueError, zipfile.BadZipFile, lzma.LZMAError, *TORN,
)  # fmt: skip
"""What zipfile and its decompressors raise over an archive that is torn, encrypted or of another kind."""


class Archive:
    """A zip file whose members are looked at in memory, one at a time, each within bounds. Use it as a context."""

    def __init__(self, file: RawFile):
        self._name = file.name
        try:
            self._zip = zipfile.ZipFile(file.path)
        except _UNREADABLE as error:
            raise PayloadError(f"{file.name}: not a zip file; got {error}. Fetch it again.") from None
        try:
            self.names = self._list_names()
        except PayloadError:
            self._zip.close()
            raise

    def __enter__(self) -> "Archive":
        """Return the archive."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close the file."""
        self._zip.close()

    def read(self, member: str, limit: int | None = None) -> bytes:
        """Return a member's bytes. Raises PayloadError where it is torn, encrypted, or larger than `limit`."""
        where = f"{self._name}:{member}"
        try:
            with self._zip.open(member) as stream:
                return Bounded(stream, limit or MAX_DOCUMENT_BYTES, where).readall()
        except _UNREADABLE as error:
            raise PayloadError(f"{where}: cannot be read from the archive; got {error}. Fetch it again.") from None

    def read_json(self, member: str) -> object:
        """Return a member's JSON document, refused as `read_json` refuses one."""
        return parse_json(self.read(member), f"{self._name}:{member}")

    def read_csv(self, member: str, required: Iterable[str]) -> Iterator[tuple[int, dict[str, str] | None]]:
        """Yield line number and row of a member that is a CSV, as `read_csv` does."""
        name = f"{self._name}:{member}"
        yield from read_rows(io.BytesIO(self.read(member)), name, required)

    def _list_names(self) -> list[str]:
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise PayloadError(f"{self._name}: holds more than {MAX_MEMBERS} members; got {len(members)}. Split it.")
        for member in members:
            if not is_safe_name(member.filename) or stat.S_ISLNK(member.external_attr >> 16):
                raise PayloadError(
                    f"{self._name}: a member's name leads out of the archive; got {member.filename[:200]!r}. "
                    "Do not trust this file."
                )
        names = [member.filename for member in members if not member.is_dir()]
        if len(set(names)) != len(names):
            raise PayloadError(f"{self._name}: a member stands twice in the archive. Do not trust this file.")
        return names


def is_safe_name(name: str) -> bool:
    """Say whether a relative name stays below where it starts: no root, no drive, no `..`, no control character."""
    if not name or "\\" in name or ":" in name.split("/")[0] or any(ord(char) < 32 for char in name):
        return False
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts
