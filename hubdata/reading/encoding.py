"""Bytes -> text: which encoding a file has, and why it is no text. Nothing is guessed."""

import re

import numpy as np

from hubdata.reading.table import Finding

SCAN_BYTES = 1 << 20  # small enough for the processor's cache

_SEQUENCE = (
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
UTF8_SEQUENCE = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|\xe2[\x80-\xbf]{2}|(?:" + _SEQUENCE + rb"){2}")
"""European letters and quotes, or two other characters in a row. A single other one may be Windows-1252: `CAFÉ’S`."""
BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"{\\rtf", b"SQLite format 3", b"PAR1")


def as_utf8(content: bytes) -> tuple[bytes, str, Finding | None]:
    """The text as UTF-8 without byte order mark, what the encoding was, and why it is no text."""
    beginning = content[:4096]
    controls = {byte for byte in beginning if byte < 32 and byte not in b"\t\n\v\f\r\x1b"}
    if content.startswith(BINARY):
        return b"", "", Finding("not_text", 0, "", "")
    utf16 = _utf16(content)
    if utf16:
        try:
            return content.decode(utf16).removeprefix("\ufeff").encode(), "UTF-16", None
        except UnicodeDecodeError as error:
            line = _line(content[: error.start].decode(utf16, "replace").encode())
            return b"", "UTF-16", Finding("not_text", line, "", content[error.start : error.start + 2].hex())
    if 0 in controls and len(controls) > 5:  # a stray NUL is a finding of its row; this is a picture or a program
        return b"", "", Finding("not_text", 0, "", "")
    marked = content.startswith(b"\xef\xbb\xbf")
    if marked:
        content = content[3:]
    try:
        content.isascii() or content.decode()
    except UnicodeDecodeError as error:
        bad = content[error.start : error.start + 1].hex()
        if marked or _has_utf8_sequence(
            content
        ):  # damaged UTF-8, or two files pasted together: any reading spoils a name
            return b"", "", Finding("mixed_encoding", _line(content[: error.start]), "", bad)
        return _from_windows(content)
    return content, "UTF-8", None


def _utf16(content: bytes) -> str:
    """Which UTF-16 this is: the byte order mark says so, or every second byte at the beginning is NUL."""
    if content.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if content.startswith(b"\xfe\xff"):
        return "utf-16-be"
    even, odd = content[0:200:2], content[1:200:2]
    if len(odd) >= 2 and odd.count(0) >= 0.9 * len(odd) and not even.count(0):
        return "utf-16-le"
    if len(odd) >= 2 and even.count(0) >= 0.9 * len(even) and not odd.count(0):
        return "utf-16-be"
    return ""


def _line(before: bytes) -> int:
    """The number of the line on which the text so far ends."""
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1


def _has_utf8_sequence(content: bytes) -> bool:
    """Whether bytes that are not all UTF-8 hold a valid multi-byte sequence of it."""
    array = np.frombuffer(content, np.uint8)
    for start in range(0, len(content), SCAN_BYTES):
        block = array[start : start + SCAN_BYTES + 1]
        pairs = (block[:-1] >= 0xC2) & ((block[1:] & 0xC0) == 0x80)
        if any(UTF8_SEQUENCE.match(content, start + int(place)) for place in np.flatnonzero(pairs)):
            return True
    return False


def _from_windows(content: bytes) -> tuple[bytes, str, Finding | None]:
    """Windows-1252 as UTF-8, a block at a time: a whole file of wide characters would take much memory."""
    blocks = []
    for start in range(0, len(content), SCAN_BYTES):
        try:
            blocks.append(content[start : start + SCAN_BYTES].decode("cp1252").encode())
        except UnicodeDecodeError as error:
            place = start + error.start
            return (
                b"",
                "Windows-1252",
                Finding("not_text", _line(content[:place]), "", content[place : place + 1].hex()),
            )
    return b"".join(blocks), "Windows-1252", None
