"""What the tests of exports share: the small snapshot, built once a test session, and a reader of PDFs."""

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import small_snapshot
from conftest import need

_folder = tempfile.TemporaryDirectory(prefix="modelgap-exports-")


@cache
def get_home() -> Path:
    """Return the data directory of the small snapshot; nothing may change it."""
    home = Path(_folder.name) / "home"
    small_snapshot.make_snapshot(home, Path(_folder.name) / "registry")
    return home


def read_pdf(content: bytes) -> str:
    """Return a PDF's text, page by page, laid out as it is printed; no reader may complain of the file."""
    need(shutil.which("pdftotext") is not None, "pdftotext (poppler-utils)")
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    assert done.stderr == b"", "a reader complains of the file"
    return done.stdout.decode()
