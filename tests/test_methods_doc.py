"""The worked example of docs/methods.md runs, and prints what the page says it prints."""

import contextlib
import io
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "methods.md"
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read_blocks(page: str) -> list[tuple[str, str]]:
    """Return each Python block with the text block that follows it, or with nothing."""
    blocks = BLOCK.findall(page)
    outputs = [*blocks[1:], ("", "")]
    return [
        (code, text if kind == "text" else "")
        for (language, code), (kind, text) in zip(blocks, outputs, strict=True)
        if language == "python"
    ]


def test_every_block_prints_what_the_page_says():
    names: dict = {}
    blocks = read_blocks(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) >= 8
    for code, expected in blocks:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, str(PAGE), "exec"), names)
        assert printed.getvalue() == expected, code
