"""What a file of Office is packed in: a zip, without the moment at which it was made."""

import io
import zipfile


def undated(packed: bytes) -> bytes:
    """The same zip with one date for every part, so that the same content gives the same file."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return written.getvalue()
