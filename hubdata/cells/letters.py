"""Letters that were lost before a file reached us: it is a text without fault, and its words are broken."""

import re

_LATER_BYTES = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xC0))
"""What the later bytes of a letter in UTF-8 look like when they are read as Windows-1252."""
_MAY_FOLLOW = "’”“–—…"
_INSIDE = "".join(sorted(set(_LATER_BYTES) - set(_MAY_FOLLOW)))
LOST_LETTER = re.compile(
    "\N{REPLACEMENT CHARACTER}"
    + rf"|[ÂÃ][{re.escape(_LATER_BYTES)}\x80-\x9f]|â[€‚‡ˆ\u0080-\u0087][{re.escape(_LATER_BYTES)}\x80-\x9f]|ï»¿"
    + rf"|[ÄÅ](?:[{re.escape(_INSIDE)}]|[{re.escape(_MAY_FOLLOW)}](?=[^\W\d_]))"
    + rf"|(?:[ÐÑ][{re.escape(_LATER_BYTES)}]){{2}}"
    + "|√[©®™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø°¢£§•¶ßüòáâäãåçéèêëíìîïñóôöõúùû]|‚Ä[ìîôòúù¶]|‚Ç¨"  # read as Mac Roman
    + r"|[├┬]\S|Ôé¼|ÔÇ[ÖÿØ£ªôó]|Γ(?:ÇÖ|Çô|Çö|Ç£|Ç¥|é¼)"  # read as code page 850 or 437
    + r"|Ă[©¶Ľ±«‰Ż§ź¨Ş´ˇ˘¤ł˛ş»Ł…–]|Г[©¶јЈ«‰Ї§џЁЄґЎў¤±»–](?=[a-zа-яA-Z\s]|$)|вЂ[™“”“њќ¦]|в‚¬"  # as 1250 or 1251
)
"""U+FFFD, or the two or three characters that a letter becomes when UTF-8 is read as something else: `CafÃ©`."""

_SMALL = "a-zà-öø-ÿ"
OTHER_LETTER = re.compile(
    rf"[A-Za-z][ŸŽ¸](?=[{_SMALL}])|[{_SMALL}][†‡‰ˆ˜¤‹›¸÷¨„‚”“](?=[{_SMALL}])|[{_SMALL}]§(?=[{_SMALL}])|[A-Za-z][Ž‚‰](?![\w‘’“”'])(?=\W|$)(?<=[a-z].)"
    rf"|[{_SMALL}][ÀÈÊÌÎÏÒÔÙÛÕ](?![A-ZÀ-Þ])|ƒ(?=[A-Za-zÀ-ÿŽ])|[A-Za-z][─-▟]|[─-▟](?=[A-Za-z])|[ˆ˜][{_SMALL}]"
    rf"|(?<![^\W\d_])[¯≈](?=[{_SMALL}])|[{_SMALL}][ˆ˜](?=[{_SMALL}])"
)
"""A letter in a place where no word has it, since one byte was read as another one's: `CafŽ`, `Co”peratie`."""
_QUESTION_MARK = re.compile(r"[^\W\d_]\?[a-z]")
"""What some programs write for a letter they do not know: `Co?peratie`. In a web address it means another thing."""


def has_lost_letter(text: str) -> bool:
    """Whether a letter of a text was lost when some file was saved.

    >>> has_lost_letter("Café"), has_lost_letter("CafÃ©"), has_lost_letter("SÃO PAULO"), has_lost_letter("Co?peratie")
    (False, True, False, True)
    """
    if "?" in text and _QUESTION_MARK.search(text) and not any(mark in text for mark in "/=&"):
        return True
    return not text.isascii() and bool(LOST_LETTER.search(text) or OTHER_LETTER.search(text))
