"""Keep raw bytes by checksum: `$MODELGAP_HOME/raw/<sha256>` and beside it `<sha256>.json`, its note.

Before: bytes from a file or an address. After: one copy, written aside, made durable and renamed, and a note that says
under which name they came from where, when first (`retrieved_on`) and when last confirmed (`checked_at`).
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from collectors.errors import PayloadError
from collectors.importers.contract import RawFile

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Note:
    """What is known of one raw file: where it came from, when, and what lets an address say that it has not changed."""

    name: str
    place: str
    retrieved_on: str
    checked_at: str
    etag: str | None = None
    last_modified: str | None = None


class RawStore:
    """The raw files of one installation."""

    def __init__(self, home: Path):
        self.folder = home / "raw"

    def put(
        self,
        chunks: Iterable[bytes],
        name: str,
        place: str,
        *,
        retrieved_on: date | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> tuple[RawFile, Note]:
        """Return the kept copy of `chunks` and its note; the day of bytes that were had before stays the first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        handle, aside = tempfile.mkstemp(prefix=".aside-", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as target:
                for chunk in chunks:
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            sha256 = digest.hexdigest()
            now = datetime.now(UTC)
            former = self.read_note(sha256)
            day = former.retrieved_on if former else (retrieved_on or now.date()).isoformat()
            os.chmod(aside, 0o644)
            os.replace(aside, self.folder / sha256)
        finally:
            Path(aside).unlink(missing_ok=True)
        note = Note(name, place, day, now.isoformat(timespec="seconds"), etag, last_modified)
        self._write_note(sha256, note)
        return RawFile(name, self.folder / sha256, sha256), note

    def put_file(self, path: Path, name: str, place: str, retrieved_on: date | None = None) -> tuple[RawFile, Note]:
        """Return the kept copy of a local file and its note. Raises PayloadError where it cannot be read."""
        try:
            return self.put(_read_chunks(path), name, place, retrieved_on=retrieved_on)
        except OSError as error:
            raise PayloadError(f"{path}: cannot be read; got {error.strerror}. Check the path.") from error

    def find_latest(self, place: str) -> tuple[RawFile, Note] | None:
        """Return what was last fetched from `place`, or None where nothing was or its copy is gone."""
        notes = ((path, self.read_note(path.stem)) for path in self.folder.glob("*.json"))
        found = [(note.checked_at, path.stem, note) for path, note in notes if note and note.place == place]
        if not found:
            return None
        _, sha256, note = max(found, key=lambda item: item[:2])
        return RawFile(note.name, self.folder / sha256, sha256), note

    def list_looks(self) -> dict[str, date]:
        """Return on which day (UTC) each place was last looked at, read in one pass over all notes."""
        looks: dict[str, date] = {}
        for note in filter(None, (self.read_note(path.stem) for path in self.folder.glob("*.json"))):
            day = datetime.fromisoformat(note.checked_at).date()
            looks[note.place] = max(day, looks.get(note.place, day))
        return looks

    def confirm(self, sha256: str, note: Note) -> Note:
        """Return the note of a file that its address says has not changed, with the time of the check set to now."""
        confirmed = Note(**{**asdict(note), "checked_at": datetime.now(UTC).isoformat(timespec="seconds")})
        self._write_note(sha256, confirmed)
        return confirmed

    def read_note(self, sha256: str) -> Note | None:
        """Return the note of a kept file; None where there is no such file, or a note that says nothing."""
        try:
            note = Note(**json.loads((self.folder / f"{sha256}.json").read_text(encoding="utf-8")))
            date.fromisoformat(note.retrieved_on)
            datetime.fromisoformat(note.checked_at)
        except (OSError, ValueError, TypeError):
            return None
        return note if (self.folder / sha256).is_file() else None

    def _write_note(self, sha256: str, note: Note) -> None:
        aside = self.folder / f".aside-{sha256}.{os.getpid()}"
        aside.write_text(json.dumps(asdict(note), ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(aside, self.folder / f"{sha256}.json")


def _read_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
