"""Keep raw bytes by checksum: `$MODELGAP_HOME/raw/<sha256>` and beside it `<sha256>.json`, its note.

Before: bytes from a file or an address. After: one copy, written aside, made durable and renamed, and a note that says
under which name they came from where, when first (`retrieved_on`) and when last confirmed (`checked_at`).
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from collectors.errors import PayloadError
from collectors.importers.contract import RawFile


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
        digest = hashlib.sha256()
        with self._open_aside() as aside:
            with aside.open("wb") as target:
                for chunk in chunks:
                    digest.update(chunk)
                    target.write(chunk)
            return self._keep(aside, digest.hexdigest(), name, place, retrieved_on, etag, last_modified)

    def put_file(self, path: Path, name: str, place: str, retrieved_on: date | None = None) -> tuple[RawFile, Note]:
        """Return the kept copy of a local file and its note. Raises PayloadError where it cannot be read."""
        try:
            with self._open_aside() as aside:
                # By the system, and the copy is what is hashed: twice as quick as through this process.
                shutil.copyfile(path, aside)
                with aside.open("rb") as copied:
                    sha256 = hashlib.file_digest(copied, "sha256").hexdigest()
                return self._keep(aside, sha256, name, place, retrieved_on)
        except OSError as error:
            raise PayloadError(f"{path}: cannot be read; got {error.strerror}. Check the path.") from error

    @contextmanager
    def _open_aside(self) -> Iterator[Path]:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=".aside-", dir=self.folder)
        os.close(handle)
        try:
            yield Path(aside)
        finally:
            Path(aside).unlink(missing_ok=True)

    def _keep(
        self,
        aside: Path,
        sha256: str,
        name: str,
        place: str,
        retrieved_on: date | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> tuple[RawFile, Note]:
        with aside.open("rb") as written:
            os.fsync(written.fileno())
        now = datetime.now(UTC)
        former = self.read_note(sha256)
        day = former.retrieved_on if former else (retrieved_on or now.date()).isoformat()
        aside.chmod(0o644)
        aside.replace(self.folder / sha256)
        note = Note(name, place, day, now.isoformat(timespec="seconds"), etag, last_modified)
        if former and is_url(former.place) and not is_url(place):
            # A copy on disk says nothing of the address, which is asked again by what it said itself.
            note = former
        else:
            self._write_note(sha256, note)
        return RawFile(name, self.folder / sha256, sha256), note

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


def is_url(place: str) -> bool:
    """Say whether a place is an http(s) address rather than a path."""
    return place.lower().startswith(("http://", "https://"))
