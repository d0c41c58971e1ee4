"""What Excel shows of a number, as far as it says more than the number itself.

A number format may add zeros (`00000000`: an identifier), a currency (`[$$-409]#,##0`), a percent sign, a word
(`"ca. "0`), or leave out thousands (`0,`). What is shown is what is meant, so such a number is read as the text that
stands in the cell: `01234567`, `$ 1250`, `25%`, `45k`. Decimals are never rounded. Dates are left to the library.
Source: ECMA-376, 18.8.30.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from hubdata.cells.units import says_unit

ATTRIBUTES = rb"""((?:\s(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)?)"""
"""The attributes of an element of XML. Nothing here looks at a place twice: whoever wrote the file may mean harm."""
CELL_FORMAT = re.compile(rb"<(?:\w+:)?xf" + ATTRIBUTES + rb">")
FORMAT = re.compile(rb"<(?:\w+:)?numFmt" + ATTRIBUTES + rb">")
ATTRIBUTE = re.compile(r"""\b(numFmtId|formatCode)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
PERCENT = {9: "0%", 10: "0.00%"}
"""Built-in formats. Those with a currency (5 to 8, 37 to 44) show the one of the reader's country, which is no news."""
TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|([0#?]+)|(\.)|(,)|(%)|(General)|(.)', re.DOTALL
)
EURO = frozenset({"€", "EUR", "eur", "euro", "Euro"})
SAYS_MUCH = re.compile(r"[%‰+?]|\b(?!FTE\b|UUR\b)[A-Z]{3}\b|^\s*(?i:k|m|t)\b")
"""What stands behind a number and makes it another one; other words are what is counted, as in `15 fte`."""
NUMBER_CELL = re.compile(
    rb"<(?:\w+:)?c" + ATTRIBUTES + rb">(?:<(?:\w+:)?f" + ATTRIBUTES + rb">(?:[^<]*+</(?:\w+:)?f>)?)?"
    rb"<(?:\w+:)?v>([-+.\dEe]{1,40})</(?:\w+:)?v></(?:\w+:)?c>"
)
STYLE = re.compile(rb"""\bs\s*=\s*["'](\d{1,6})["']""")
TYPE = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")


STRUCK = re.compile(rb"""<strike(?:\s*/>|\s+val\s*=\s*["'](?:1|true)["'])""")
FONT = re.compile(rb"""\bfontId\s*=\s*["'](\d{1,6})["']""")


class Shown(NamedTuple):
    """A number format that adds something."""

    before: str
    after: str
    digits: tuple[str, ...]
    """The placeholders and what stands between them, of a format with leading zeros; else empty."""
    thousands: int
    percent: bool


def formats_of(styles: bytes) -> dict[int, Shown]:
    """Number of a cell style -> its format, of those that add something. `styles` is the part `xl/styles.xml`."""
    codes = dict(PERCENT)
    for match in FORMAT.finditer(styles):
        attributes = _attributes(match[1])
        if "formatCode" in attributes and attributes.get("numFmtId", "").isdecimal():
            codes[int(attributes["numFmtId"])] = attributes["formatCode"]
    shown = {number: parsed(code) for number, code in codes.items()}
    start = styles.find(b"cellXfs")
    block = styles[start : max(styles.find(b"/cellXfs"), start)] if start >= 0 else b""
    found = {}
    for number, match in enumerate(CELL_FORMAT.finditer(block)):
        format_id = _attributes(match[1]).get("numFmtId", "")
        how = shown.get(int(format_id)) if format_id.isdecimal() else None
        if how:
            found[number] = how
    return found


def struck_styles(styles: bytes) -> set[int]:
    """The numbers of the cell styles whose letters are struck through. `styles` is the part `xl/styles.xml`."""
    fonts = styles[max(styles.find(b"<fonts"), 0) : max(styles.find(b"</fonts>"), 0)].split(b"</font>")
    struck = {number for number, font in enumerate(fonts) if STRUCK.search(font)}
    if not struck:
        return set()
    start = styles.find(b"cellXfs")
    block = styles[start : max(styles.find(b"/cellXfs"), start)] if start >= 0 else b""
    of_fonts = (FONT.search(match[1]) for match in CELL_FORMAT.finditer(block))
    return {number for number, font in enumerate(of_fonts) if font and int(font[1]) in struck}


def _attributes(xml: bytes) -> dict[str, str]:
    found = ATTRIBUTE.findall(xml.decode("utf-8", "replace"))
    return {name: _unescaped(one or other) for name, one, other in found}


def _unescaped(text: str) -> str:
    for entity, character in (("&quot;", '"'), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return re.sub(r"&#(\d{1,6});", lambda match: chr(int(match[1])), text)


def parsed(code: str) -> Shown | None:
    """A number format; None when what it shows is the number, or a date.

    >>> parsed("#,##0.00"), parsed("dd-mm-yyyy")
    (None, None)
    >>> shown(1250.0, parsed('[$$-409]#,##0')), shown(1234567.0, parsed("00000000")), shown(0.25, parsed("0%"))
    ('$ 1250', '01234567', '25%')
    """
    section = _first_section(code[:255])  # the longest that Excel knows
    before = after = ""
    digits: list[str] = []
    decimals = percent = is_foreign = False
    thousands = 0
    for quoted, escaped, currency, placeholder, point, comma, percentage, general, other in TOKEN.findall(section):
        text = quoted or escaped or currency
        if placeholder:
            digits += [] if decimals else [placeholder]
            thousands = 0
        elif general:
            digits.append("#")
        elif point:
            decimals = True
        elif comma:
            thousands += bool(digits)
        elif percentage:
            percent = True
        elif other and other.isalpha() and other not in "Ee":
            return None  # a date or a time
        else:
            text = text or (other if other in "$£¥€-/ " else "")
            if text.strip() in EURO:
                text = ""
            is_foreign |= bool(currency and text)
            if not digits:
                before += text
            elif decimals:
                after += text
            elif text:
                digits.append(text)
    while digits and digits[-1].strip("0#?"):
        after = digits.pop() + after
    if "/" in digits and "?" in digits[-1]:  # a fraction
        return None
    after = after if is_foreign or SAYS_MUCH.search(after) or says_unit(after) else ""
    after = after or ("", "k", "mln", "mld")[min(thousands, 3)]
    zeros = "".join(part for part in digits if not part.strip("0#?")).count("0")
    is_padded = zeros > 1 and not decimals and not thousands
    kept = tuple(digits) if is_padded else ()
    before, after = before.strip(" -/") if not is_padded else before.lstrip(" "), after.rstrip()
    if not digits or not (before or after or kept or thousands or percent):
        return None
    return Shown(before, after, kept, thousands, percent)


def _first_section(code: str) -> str:
    """The part for positive numbers: up to the first `;` outside quotes."""
    match = re.match(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])*', code, re.DOTALL)
    return match[0] if match else ""


def shown(number: float, how: Shown) -> str:
    """A number as Excel shows it in this format, without rounding."""
    exact = Decimal(repr(number)) * (100 if how.percent else 1) / 1000**how.thousands
    text = format(exact.normalize() if exact else Decimal(0), "f")
    if how.digits and "." not in text:
        text = _placed(text, how.digits)
    elif re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", text):
        text += "0"  # see `workbook._text`
    percent = "%" if how.percent else ""
    space = " " if how.before and not how.digits and not how.before[-1].isdigit() else ""
    return f"{how.before}{space}{text}{percent}{how.after}"


def _placed(text: str, digits: tuple[str, ...]) -> str:
    """Digits in their places, from the right; those that are left over stand in front."""
    sign, left = ("-", text[1:]) if text.startswith("-") else ("", text)
    placed = ""
    for part in reversed(digits):
        if part.strip("0#?"):
            placed = part + placed
            continue
        for place in reversed(part):
            digit, left = left[-1:], left[:-1]
            placed = (digit or ("0" if place == "0" else "")) + placed
    return sign + left + placed


def with_shown_text(xml: bytes, formats: dict[int, Shown]) -> bytes:
    """A sheet in which numbers whose format adds something are texts."""

    def as_text(cell: re.Match[bytes]) -> bytes:
        style, kind = STYLE.search(cell[1]), TYPE.search(cell[1])
        how = formats.get(int(style[1])) if style else None
        if not how or (kind and kind[1] != b"n"):
            return cell[0]
        try:
            text = shown(float(cell[3]), how)
        except (ValueError, InvalidOperation, OverflowError):
            return cell[0]
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()
        return b"<c" + TYPE.sub(b"", cell[1]) + b' t="str"><v>' + escaped + b"</v></c>"

    return NUMBER_CELL.sub(as_text, xml) if formats else xml
