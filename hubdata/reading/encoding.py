"""Bytes -> text: which encoding a file has, and why it is no text.

What is not UTF-8 nor UTF-16 has a byte per letter, and does not say which: Excel saves "CSV" as Windows-1252, "CSV
(Macintosh)" as Mac Roman and "CSV (MS-DOS)" as code page 850. Read as the wrong one, words hold letters that no word
has: `Cošperatie`, `Co”peratie`. So each word with such bytes is looked at in all three; where that does not settle it,
nothing is guessed: the sender is asked.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from hubdata.reading.table import DoubtfulLetters, Finding, Remark

SCAN_BYTES = 1 << 20  # small enough for the processor's cache

_SEQUENCE = (
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
UTF8_SEQUENCE = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|\xe2[\x80-\xbf]{2}|(?:" + _SEQUENCE + rb"){2}")
"""European letters and quotes, or two other characters in a row. A single other one may be Windows-1252: `CAFÉ’S`."""
BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"{\\rtf", b"SQLite format 3", b"PAR1")


class Decoded(NamedTuple):
    """The text of a file."""

    data: bytes
    """UTF-8 without byte order mark."""
    encoding: str
    """What it was; "" when it is no text."""
    finding: Finding | None = None
    """Why it is no text."""
    remarks: tuple[Remark, ...] = ()
    doubtful: DoubtfulLetters | None = None
    """What its sender has to be asked."""


def as_utf8(content: bytes, letters: Mapping[str, str] = {}) -> Decoded:
    """The text as UTF-8 without byte order mark, what the encoding was, and why it is no text.

    `letters`: what a file is recognised by (see `DoubtfulLetters`) -> the encoding, where somebody was asked.
    """
    beginning = content[:4096]
    controls = {byte for byte in beginning if byte < 32 and byte not in b"\t\n\v\f\r\x1b"}
    if content.startswith(BINARY):
        return Decoded(b"", "", Finding("not_text", 0, "", ""))
    utf16 = _utf16(content)
    if utf16:
        try:
            return Decoded(content.decode(utf16).removeprefix("\ufeff").encode(), "UTF-16")
        except UnicodeDecodeError as error:
            line = _line(content[: error.start].decode(utf16, "replace").encode())
            return Decoded(b"", "UTF-16", Finding("not_text", line, "", content[error.start : error.start + 2].hex()))
    if 0 in controls and len(controls) > 5:  # a stray NUL is a finding of its row; this is a picture or a program
        return Decoded(b"", "", Finding("not_text", 0, "", ""))
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
            return Decoded(b"", "", Finding("mixed_encoding", _line(content[: error.start]), "", bad))
        return _from_single_bytes(content, letters)
    return Decoded(content, "UTF-8")


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


SINGLE_BYTE = {"Windows-1252": "cp1252", "Mac Roman": "mac_roman", "MS-DOS": "cp850"}
"""What Excel may have saved a CSV file as -> Python's name."""
LOOKED_AT = 20_000
"""So many words with special letters are looked at: more than enough to tell."""
LONGEST_WORD = 100
WORD = re.compile(rb"(?<![A-Za-z\x80-\xff])[A-Za-z]*+[\x80-\xff][A-Za-z\x80-\xff]*+")
USUAL = frozenset("éèëêïöôüçáàäóíúñßÉÈËÊÏÖÔÜÇÁÀÄÓÍÚÑ")
"""The special letters that names in the Netherlands have; others occur, but less."""
MAY_STAND_INSIDE = frozenset("’'´`ʼ\N{SOFT HYPHEN}\N{NO-BREAK SPACE}")
"""What a word may hold besides letters."""
BEHIND_NO_LETTER = frozenset("‚„‹“‰§")
"""Marks that never follow a letter directly."""
BESIDE_NO_LETTER = frozenset("¤¯¨¸¬¶ƒ†‡ˆ˜\N{REPLACEMENT CHARACTER}")
"""Marks that never stand beside a letter."""


class _Oddness(NamedTuple):
    """How odd words are in an encoding."""

    impossible: int
    """Letters and marks that no word has at their place."""
    unusual: int
    """Letters and marks that few words have."""


def _from_single_bytes(content: bytes, letters: Mapping[str, str]) -> Decoded:
    """A text of one byte per letter: as the one encoding in which its words are words, or as somebody said it is."""
    found = (match[0] for match in WORD.finditer(content) if len(match[0]) <= LONGEST_WORD)
    words = list(dict.fromkeys(itertools.islice(found, LOOKED_AT)))
    odd = {name: _oddness(words, codec) for name, codec in SINGLE_BYTE.items()}
    if b"\x94" in content and b"\x93" not in content and b"\x84" not in content:  # quotes closed but not opened
        odd["Windows-1252"] = odd["Windows-1252"]._replace(unusual=odd["Windows-1252"].unusual + 1)
    windows = odd.pop("Windows-1252")
    possible = sorted((oddness, name) for name, oddness in odd.items() if not oddness.impossible)
    if not possible or windows <= possible[0][0]:
        return _decoded(content, "Windows-1252")
    (best, name), *others = possible
    is_sure = best.unusual * 10 <= len(words) and all(best.unusual < other.unusual for other, _ in others)
    about = _first_line(content)
    if not (windows.impossible and is_sure):
        name = letters.get(about, "")
    if name in SINGLE_BYTE:
        gaps = {"kind": name, "count": len(words), "text": words[0].decode(SINGLE_BYTE[name], "replace")}
        return _decoded(content, name)._replace(remarks=(Remark("letters_of", gaps),))
    word = next((word for word in words if any(_oddness([word], "cp1252"))), words[0])
    readings: dict[str, str] = {}
    for encoding in ("Windows-1252", *(name for _, name in possible)):
        text = word.decode(SINGLE_BYTE[encoding], "replace")
        if text not in readings.values():
            readings[encoding] = text
    row = _line(content[: content.find(word)])
    finding = Finding("doubtful_letters", row, "", " / ".join(readings.values()))
    return Decoded(b"", "", finding, doubtful=DoubtfulLetters(about, readings))


def _first_line(content: bytes) -> str:
    """What a file is recognised by, whatever its letters are: its first line with content, of ASCII alone."""
    line = re.match(rb"\s*([^\r\n]{0,2000})", content)
    return line[1].decode("ascii", "ignore").casefold().strip() if line else ""


def _oddness(words: Iterable[bytes], codec: str) -> _Oddness:
    impossible = unusual = 0
    for word in words:
        text = word.decode(codec, "replace")
        for place, letter in enumerate(text):
            if letter > "\x7f":
                oddness = _odd(text[max(place - 3, 0) : place], letter, text[place + 1 : place + 4])
                impossible, unusual = impossible + (oddness == 2), unusual + (oddness == 1)
    return _Oddness(impossible, unusual)


def _odd(before: str, letter: str, after: str) -> int:
    """How odd a letter is between the three characters before and after it.

    2 for a letter or mark that no word has at this place, 1 for one that few have, 0 for a usual one.
    """
    left, right = before[-1:], after[:1]
    is_beside, is_inside = left.isalpha() or right.isalpha(), left.isalpha() and right.isalpha()
    kind = unicodedata.category(letter)
    if letter.isalpha() and letter not in "ªºµƒ":
        if letter.isupper() and (left.islower() or (left.isupper() and right.islower())):
            return 2  # CafÈ, ZŸrich
        if letter.islower() and before[-2:].isupper() and len(before) > 1 and (not after or right.isupper()):
            return 2  # COôPERATIE
        if letter in "œŒ" and right and right in "uiUI":  # cœur
            return 0
        is_unusual = right in USUAL and right != "" and _base(right) != _base(letter)
        is_unusual |= letter in "ëïËÏ" and _base(left or "-") not in "aeiou"  # Ïrsted
        is_unusual |= not left and not right and letter not in "àÀéÉöÖåÅ"
        return int(is_unusual or letter not in USUAL)
    if letter in "ªºµ":
        return 0
    if (is_beside and letter in BESIDE_NO_LETTER) or (left.isalpha() and letter in BEHIND_NO_LETTER):
        return 2
    if (letter == right and letter not in "…•»«") or (
        is_beside and kind in ("So", "Sm", "Cc") and letter not in "©®™°±"
    ):
        return 2
    if letter == "·":
        return int(is_inside and (left, right) not in (("l", "l"), ("L", "L")))
    if letter in MAY_STAND_INSIDE or not left.isalpha():
        return 0
    if letter in "–—":  # kosten–baten, but not Espa–a
        return int(is_inside and min(len(before), len(after)) < 3)
    if letter == "‘":  # not idee‘n; foto‘s and d‘Or are seen
        return 2 if right.islower() and after != "s" else 1
    if letter in "…«»®©™":
        return int(is_inside)
    return 2 if is_inside else 0


def _base(letter: str) -> str:
    return unicodedata.normalize("NFKD", letter)[0].casefold()


def _decoded(content: bytes, encoding: str) -> Decoded:
    """As UTF-8, a block at a time: a whole file of wide characters would take much memory."""
    blocks = []
    for start in range(0, len(content), SCAN_BYTES):
        try:
            blocks.append(content[start : start + SCAN_BYTES].decode(SINGLE_BYTE[encoding]).encode())
        except UnicodeDecodeError as error:
            place = start + error.start
            finding = Finding("not_text", _line(content[:place]), "", content[place : place + 1].hex())
            return Decoded(b"", encoding, finding)
    return Decoded(b"".join(blocks), encoding)
