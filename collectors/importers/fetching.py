"""Bring raw files in from a path or an http(s) address.

Before: a place. After: a `Payload` of files kept by checksum in the raw store, with the day on which they were had.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from collectors.errors import PayloadError
from collectors.importers.contract import Payload
from collectors.importers.raw_store import RawStore, is_url

MAX_FILES = 100_000


class Fetcher:
    """Fetches places into the raw store of one installation.

    `retrieved_on` is the day to note for bytes that were not had before; else a file's own day, or today.
    """

    def __init__(self, home: Path, *, retrieved_on: date | None = None):
        self._store = RawStore(home)
        self._retrieved_on = retrieved_on

    def fetch(self, place: str) -> Payload:
        """Return the one file at `place`, a path or http(s) address, as a payload.

        Raises FetchError where an address does not give it, PayloadError where there is no such file.
        """
        if is_url(place):
            from collectors.importers.downloading import download

            file, note = download(place, self._store, self._retrieved_on)
            return Payload(place, (file,), date.fromisoformat(note.retrieved_on))
        path = Path(place)
        if not path.is_file():
            raise PayloadError(f"import: no such file; got {place!r}. Check the path.")
        return self.keep([(path.name, path)], place)

    def keep(self, files: Sequence[tuple[str, Path]], place: str) -> Payload:
        """Return local files, (name, path) each and the main one first, as one payload, copied into the raw store."""
        kept = [self._store.put_file(path, name, place, self._retrieved_on or _find_day(path)) for name, path in files]
        return Payload(place, tuple(file for file, _ in kept), date.fromisoformat(kept[0][1].retrieved_on))


def list_files(place: str, matching: Callable[[Path], bool]) -> list[tuple[str, Path]]:
    """Return name below `place` and path of each file of a folder that matches, sorted; of a file, that file alone.

    Raises PayloadError for a link that leads out of the folder, and where there is nothing.
    """
    root = Path(place)
    if root.is_file():
        return [(root.name, root)]
    if not root.is_dir():
        raise PayloadError(f"import: no such file or folder; got {place!r}. Check the path.")
    found = []
    for path in sorted(root.rglob("*")):
        if not path.is_file() or not matching(path):
            continue
        if not path.resolve().is_relative_to(root.resolve()):
            raise PayloadError(f"{path}: a link that leads out of the folder; got {path.resolve()}. Remove it.")
        found.append((path.relative_to(root).as_posix(), path))
        if len(found) > MAX_FILES:
            raise PayloadError(f"{place}: holds more than {MAX_FILES} files. Import its folders one by one.")
    return found


def _find_day(path: Path) -> date | None:
    """Return the day on which a file was last written, never one still to come; None where it cannot be told."""
    try:
        return min(datetime.fromtimestamp(path.stat().st_mtime, UTC), datetime.now(UTC)).date()
    except (OSError, ValueError, OverflowError):
        return None
