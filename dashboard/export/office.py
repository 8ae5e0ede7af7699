"""What the Office files share: the fonts that machines with Office have, and archives of the same bytes each time.

Before: an Office file as its library saved it. After: the same file, whose parts bear one date.
"""

import re
import zipfile
from io import BytesIO

LATIN, EAST_ASIAN = "Arial", "Microsoft YaHei"
"""Of the reader's own machine; where one lacks them, its Office puts its own in their place."""
STAMP = (1980, 1, 1, 0, 0, 0)
MAX_PROPERTY = 255
"""Letters that a document property may have."""


def freeze_archive(archive: bytes, stamp: str) -> bytes:
    """Return an Office file whose parts, and the workbooks inside, bear one date: `stamp`, in ISO 8601."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(archive)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".xlsx"):
                content = freeze_archive(content, stamp)
            elif name.endswith("docProps/core.xml"):
                content = re.sub(rb"(W3CDTF\">)[^<]*", rb"\g<1>" + stamp.encode(), content)
            target.writestr(zipfile.ZipInfo(name, STAMP), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
