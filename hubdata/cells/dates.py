"""Cells of dates: days, and parts of a year; times with a zone; periods that stand in one cell."""

import datetime
import itertools
import re
import zoneinfo
from typing import Any, NamedTuple

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

from hubdata.cells.text import fold
from hubdata.cells.verdict import context_of, refusal, remark

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan januar janvier janv janner jaenner",
            "februari february feb febr februar fevrier fevr fev feber",
            "maart march mrt mar marz maerz mars",
            "april apr avril avr",
            "mei may mai",
            "juni june jun juin",
            "juli july jul juillet juil",
            "augustus august aug aout",
            "september sept sep septembre",
            "oktober october okt oct octobre",
            "november nov novembre",
            "december dec dezember dez decembre",
        ),
        start=1,
    )
    for name in names.split()
}
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii"
ROMAN = {word: number for number, word in enumerate(_ROMAN.split(), 1)}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAY = (
    r"(?:(?:(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:mon|tues|wednes|thurs|fri|satur|sun)day|ma|di|wo|do|vr|za|zo"
    r"|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|(?:mon|diens|donners|frei|sams|sonn)tag|sonnabend|mittwoch|mo|mi|fr|sa|so|"
    r"(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lun|mar|mer|jeu|ven|sam|dim)[.,]{0,2} )?"
)
_YEAR = r"(\d{4}|'?\d{2})"
_ZONE = r" ?(?P<zone>z|(?:utc|gmt)?{}\d{{2}}(?::?\d{{2}})?|utc|gmt|cest|cet)"
_CLOCK = r"(?P<time>\d{1,2})[:.uh](?P<minute>\d{2})"
_SECONDS = r"[:.](?P<second>\d{2})(?:[.,]\d{1,9})?"
_TIMES = (
    # As programs write it; a minus is then a zone.
    re.compile(
        rf"(?P<day>.+?)(?:t| ){_CLOCK}{_SECONDS}(?P<half>){_ZONE.format('[+-]')}(?: \([^()]{{1,40}}\))?", re.ASCII
    ),
    re.compile(rf"(?P<day>.+?)t{_CLOCK}(?P<half>)(?:{_ZONE.format('[+-]')})?", re.ASCII),
    # As people write it; after a minus follows when it ends.
    re.compile(
        rf"(?P<day>.+?)(?:t|,? (?:om |at )?){_CLOCK}(?:{_SECONDS})? ?(?P<half>[ap]\.?m\.?)?(?: ?(?:uur|u|h))?"
        rf"(?: ?(?:-|tot|to|until) ?\d{{1,2}}[:.]\d{{2}}(?: ?(?:uur|u|h|[ap]\.?m\.?))?)?(?:{_ZONE.format('[+]')})?",
        re.ASCII,
    ),
)
_BEFORE = re.compile(rf"{_WEEKDAY}(?:(?:op|am|den|on|le|du) )?(?=\d)", re.ASCII)
"""What may stand before a day: `ma 1-6-2026`, `am 1. Juni 2026`, `le 1er juin 2026`."""
_YEAR_FIRST = re.compile(
    r"(?P<y>\d{4})(?P<mark>[-./])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})|(?P<y8>(?:19|20)\d{2})(?P<m8>\d{2})(?P<d8>\d{2})",
    re.ASCII,
)
"""`2024-01-31`, `2024/1/31`, `20240131`; nobody puts the day between the year and the month."""
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(?: (?=\d{1,2}\2 ))?(\d{1,2})\2 ?(\d{4}|'?\d{2})", re.ASCII)
_DAY_MONTH_NAME = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:e|er|ste|de|st|nd|rd|th|\.)?[ -](?:(?:of|de|van) )?({_MONTH})[.,]?[ -]{_YEAR}", re.ASCII
)
_DAY_ROMAN_MONTH = re.compile(rf"(\d{{1,2}})\.?([-/. ])({'|'.join(ROMAN)})\2{_YEAR}", re.ASCII)
_MONTH_NAME_DAY = re.compile(rf"{_WEEKDAY}({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? {_YEAR}", re.ASCII)
_MONTH_OF_YEAR = re.compile(
    rf"(?P<y>\d{{4}})-(?P<m>\d{{2}})|(?P<m2>\d{{1,2}})[-/](?P<y2>\d{{4}})|(?P<name>{_MONTH})(?:\.[ -]?|"
    rf"[ -])(?P<y3>\d{{4}}|"
    rf"'?\d{{2}})",
    re.ASCII,
)
_WHICH = {"1": 1, "eerste": 1, "first": 1, "2": 2, "tweede": 2, "second": 2, "3": 3, "derde": 3, "third": 3, "4": 4,
          "vierde": 4, "fourth": 4}  # fmt: skip
_ORDINAL = r"([1-4]|eerste|tweede|derde|vierde|first|second|third|fourth)(?:er|e|de|ste|st|nd|rd|th|\.)?"
_QUARTER = re.compile(
    rf"(?:[qkt]w?\.? ?([1-4])|{_ORDINAL} (?:kwartaal|quarter|quartal|trimestre)|(?:kwartaal|quarter|quartal|"
    rf"trimestre) ([1-4]))"
    rf"(?: van| of| de)?,?[ /-]?{_YEAR}|(\d{{4}})[ /-]?[qkt]w?([1-4])",
    re.ASCII,
)
_HALF = re.compile(
    rf"(?:h ?([12])|{_ORDINAL} (?:helft|half|halfjaar|half year|halbjahr|semestre))(?: van| of| de)?[ /-]{_YEAR}"
    r"|(\d{4})[ /-]?h([12])",
    re.ASCII,
)
_SEASONS = {
    1: "begin|early",
    3: "voorjaar|lente|spring|fruhjahr|fruhling|printemps",
    6: "zomer|summer|sommer|ete|medio|midden|mid|mitte",
    9: "najaar|herfst|autumn|fall|herbst|automne",
    10: "eind|einde|end|late",
}
"""First month -> what the three months from it are called. A winter has no year of its own, but may have two."""
_WINTER = re.compile(r"(?:winter|hiver) (\d{4}) ?[-/] ?(?:\d{2})?(\d{2})", re.ASCII)
_WEEK_WORD = r"(?:weeknr\.?|week|wk\.?|kw|w)"
_WEEK = re.compile(
    rf"{_WEEK_WORD} ?(?P<w>\d{{1,2}})(?:,? (?:van |of )?|[-/ ])(?P<y>\d{{4}})"
    rf"|(?P<y2>\d{{4}})[- ]?{_WEEK_WORD} ?(?P<w2>\d{{1,2}})",
    re.ASCII,
)
"""`week 12 2022`, `2022-W12`: from Monday to Sunday, as ISO 8601 counts them."""
_TWO_YEARS = re.compile(r"(\d{2})(\d{2}) ?[-/] ?'?(\d{2})", re.ASCII)
"""`2021-22`, where the last part can be no month."""
_SEASON = re.compile(rf"({'|'.join(_SEASONS.values())})(?: van| of)? {_YEAR}", re.ASCII)
_FROM = re.compile(
    r"(?:(?:nog )?(?:lopend|loopt|doorlopend|ongoing|actief|active|laufend|en cours)[ ,]*)?(?:vanaf|v\.?a\.?|van|"
    r"sinds|since|from|per|start|seit|depuis|ab|von|des|du|de|"
    r"gestart(?: in| op)?"
    r"|started(?: in| on)?|begonnen(?: in| op)?|as of|met ingang van|m\.?i\.?v\.?)[: ]+(.+)"
)
_UNTIL = re.compile(
    r"(?:tot en met|t/m|t\.?e\.?m\.?|tot|until|till|to|through|eindigt op|ends on|bis(?: zum)?|jusqu'(?:en|au|"
    r"a))[: ]+(.+)"
)
_OPEN = (
    r"(?:heden|nu|vandaag|now|present|the present|today|current|ongoing|onbepaald|onbepaalde tijd|"
    r"voor onbepaalde tijd|indefinite|"
    r"indefinitely|doorlopend|lopend|open|heute|jetzt|laufend|en cours|aujourd'hui|ce jour|present|unbefristet|"
    r"nader order|"
    r"auf weiteres|further notice|e\.?v\.?|en verder|onwards|\.{2,3}|…|\?|∞)"
)
_GOES_ON = re.compile(
    rf"(?:tot |t/m |tot en met |until |to |till |bis |bis auf |jusqu'a |jusqu'au )?{_OPEN}|31[-/.]12[-/.]9999|"
    rf"9999-12-31|"
    rf"(?:nog )?(?:lopende|loopt|loopt nog|loopt door|nog steeds|"
    rf"still active|"
    r"actief|active|continuous|structureel|permanent|blijvend|illimite|duree indeterminee|auf unbestimmte zeit|"
    r"open einde?|open end|geen einde?|geen einddatum|no end|no end date)"
)
_BETWEEN = re.compile(r" ?(?:tot en met|t/m|t\.e\.m\.) ?| (?:tot|to|until|till|through|bis|a|au) | - |-|/| ?>")
_ITEMS = re.compile(r" ?(?:,(?! \d{4}$)|;|\+|&| en | and | of | or ) ?|(?<=\d{4}) (?=\d{1,4}[-/.]\d{1,2}[-/.]\d)")
SCHOOL_YEARS = {"schooljaar": 8, "studiejaar": 9, "academisch jaar": 9, "collegejaar": 9}
"""School year -> the month in which it begins, by Dutch law."""
_SCHOOL_YEAR = re.compile(rf"({'|'.join(SCHOOL_YEARS)}) (\d{{4}}) ?[-/] ?'?(?:\d{{2}})?(\d{{2}})", re.ASCII)
_LONGEST = 80
"""No date or period is longer."""


def plain_date(cell: str) -> str:
    """A cell as dates are compared: small letters, one kind of dash, apostrophe and space."""
    return re.sub("[’‘`´]", "'", re.sub("[‐‑‒–—−]", "-", re.sub(" ?(?:->|=>|→) ?", " - ", fold(cell[: 2 * _LONGEST]))))


def _full_year(digits: str) -> int:
    """`2025`, `25` and `'25` are one year; from 50 on the last century is meant."""
    year = int(digits.lstrip("'"))
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def _day(text: str, info: ValidationInfo | None) -> datetime.date | None:
    """The day that a text without a time names; None when it names none. Raises `month_first`."""
    parts: tuple[str, int | str, str] | None = None
    text = _BEFORE.sub("", text)
    if match := _YEAR_FIRST.fullmatch(text):
        parts = (match["y"] or match["y8"], match["m"] or match["m8"], match["d"] or match["d8"])
    elif match := YEAR_LAST.fullmatch(text):
        month_first = bool(context_of(info).get("month_first"))
        day, month = (match[3], match[1]) if month_first else (match[1], match[3])
        if int(month) > 12 >= int(day) and not month_first:
            raise refusal("month_first")
        if context_of(info).get("day_or_month") and int(day) != int(month) and max(int(day), int(month)) <= 12:
            raise refusal("month_or_day")
        parts = (match[4], month, day)
    elif match := _DAY_MONTH_NAME.fullmatch(text):
        parts = (match[3], MONTHS[match[2]], match[1])
    elif match := _DAY_ROMAN_MONTH.fullmatch(text):
        parts = (match[4], ROMAN[match[3]], match[1])
    elif match := _MONTH_NAME_DAY.fullmatch(text):
        parts = (match[3], MONTHS[match[1]], match[2])
    try:
        if parts and 1000 <= (year := _full_year(parts[0])) <= 2100:
            day_read = datetime.date(year, int(parts[1]), int(parts[2]))
            if len(parts[0]) < 4:
                remark(info, "short_years", day=day_read)
            return day_read
    except ValueError:
        pass
    return None


def _moment(text: str, info: ValidationInfo | None) -> datetime.date | None:
    """The day of a text that may have a time behind it; with a zone, the day it then is where the hub is."""
    if day := _day(text, info):
        return day
    match = next((found for shape in _TIMES if (found := shape.fullmatch(text))), None)
    day = _day(match["day"], info) if match else None
    if not match or not day or not match["zone"]:
        return day
    offset = re.search(r"([+-])(\d{2}):?(\d{2})?", match["zone"])
    minutes = {"cet": 60, "cest": 120}.get(match["zone"], 0)
    if offset:
        minutes = int(f"{offset[1]}1") * (int(offset[2]) * 60 + int(offset[3] or 0))
    hour = int(match["time"]) % 12 + 12 * match["half"].startswith("p") if match["half"] else int(match["time"])
    try:
        zone = datetime.timezone(datetime.timedelta(minutes=minutes))
        at = datetime.datetime(day.year, day.month, day.day, hour, int(match["minute"]), tzinfo=zone)
    except ValueError:  # 25:00, +99:00
        return None
    here = zoneinfo.ZoneInfo(context_of(info).get("time_zone") or "Europe/Amsterdam")
    local = at.astimezone(here).date()
    remark(info, "times_in_zone", day=local, zone=here.key)
    return local


def read_date(cell: Any, info: ValidationInfo | None) -> Any:
    """A calendar day: `2024-01-31`, `31-01-2024`, `31/1/2024`, `31 januari 2024`, `wo 31 jan. '24`, `January 31, 2024`.

    Digits alone are day first, unless the reader said that this file has the month first. A time of day is left out;
    with a zone it first is put into that of the hub.
    """
    if not isinstance(cell, str):
        return cell
    text = plain_date(cell)
    if len(text) <= _LONGEST:
        if day := _moment(text, info):
            return day
        if (match := _FROM.fullmatch(text)) and (day := _moment(match[1], info)):
            return day
        if _two_days(text, info):
            raise refusal("two_dates")
    raise refusal("not_a_date")


def read_year(cell: Any, info: ValidationInfo | None) -> Any:
    """A year, also of a day or a part of a year: `2023`, `31-12-2023`, `mrt 2023`."""
    if not isinstance(cell, str) or re.fullmatch(r"[+-]?[\d.,]+", cell.strip(), re.ASCII):
        return cell
    text = re.sub(
        r"^(?:(?:fy|boekjaar|jaar|jahr|annee|exercice|year|anno|opgericht|founded|established|gegrundet|fondee?|sinds|since|seit|"
        r"depuis) ?)?"
        r"(?:(?:in|en) )?",
        "",
        plain_date(cell),
    )[:_LONGEST]
    is_named = text != plain_date(cell)[:_LONGEST]
    if re.fullmatch(r"'?\d{2}" if is_named else r"'\d{2}", text, re.ASCII):  # FY24
        return _full_year(text)
    part = _part_of_year(text, info)
    if part and _WEEK.fullmatch(text):  # week 1 may begin in the year before
        return (part[0] + datetime.timedelta(days=3)).year
    return part[0].year if part else day.year if (day := _moment(text, info)) else cell


def _part_of_year(text: str, info: ValidationInfo | None) -> tuple[datetime.date, datetime.date] | None:
    """The first and last day of a year, half, quarter, season or month: `2024`, `Q2 2023`, `najaar 2022`, `mrt '21`."""
    months = 1
    if match := _WEEK.fullmatch(text):
        try:
            monday = datetime.date.fromisocalendar(int(match["y"] or match["y2"]), int(match["w"] or match["w2"]), 1)
            return monday, monday + datetime.timedelta(days=6)
        except (ValueError, OverflowError):  # week 54
            return None
    if re.fullmatch(r"[12]\d{3}|'\d{2}", text, re.ASCII):
        written, month, months = text, 1, 12
    elif match := _MONTH_OF_YEAR.fullmatch(text):
        written = match["y"] or match["y2"] or match["y3"]
        month = MONTHS[match["name"]] if match["name"] else int(match["m"] or match["m2"])
    elif match := _QUARTER.fullmatch(text):
        written, months = match[4] or match[5], 3
        month = _WHICH[match[1] or match[2] or match[3] or match[6]] * 3 - 2
    elif (match := _HALF.fullmatch(text)) and _WHICH[match[1] or match[2] or match[5]] <= 2:
        written, months = match[3] or match[4], 6
        month = _WHICH[match[1] or match[2] or match[5]] * 6 - 5
    elif (match := _WINTER.fullmatch(text)) and int(match[2]) == (int(match[1]) + 1) % 100:
        written, month, months = match[1], 12, 3
    elif match := _SEASON.fullmatch(text):
        written, months = match[2], 3
        month = next(first for first, names in _SEASONS.items() if match[1] in names.split("|"))
    else:
        return None
    year = _full_year(written)
    if not (1 <= month <= 12 and 1000 <= year <= 2100):
        return None
    first, after = (
        datetime.date(year, month, 1),
        datetime.date(year + (month + months - 1) // 12, (month + months - 1) % 12 + 1, 1),
    )
    if len(written) < 4:
        remark(info, "short_years", day=first)
    if _SEASON.fullmatch(text) or _WINTER.fullmatch(text):
        remark(info, "seasons", day=first)
    return first, after - datetime.timedelta(days=1)


def read_first_day(cell: Any, info: ValidationInfo | None) -> Any:
    """A calendar day; a part of a year is its first day: `2024`, `mrt 2021`, `vanaf Q2 2023`."""
    if not isinstance(cell, str):
        return cell
    text = plain_date(cell)
    text = match[1] if (match := _FROM.fullmatch(text)) else text
    part = _part_of_year(text[:_LONGEST], info)
    return part[0] if part else read_date(cell, info)


def read_last_day(cell: Any, info: ValidationInfo | None) -> Any:
    """A calendar day; a part of a year is its last day: `2024`, `t/m mrt 2021`."""
    if not isinstance(cell, str):
        return cell
    text = plain_date(cell)
    text = match[1] if (match := _UNTIL.fullmatch(text)) else text
    part = _part_of_year(text[:_LONGEST], info)
    return part[1] if part else read_date(text, info)


def goes_on(cell: str) -> bool:
    """Whether a cell in a column of ends says that there is none: `heden`, `lopend`, `ongoing`."""
    return len(cell) <= _LONGEST and _GOES_ON.fullmatch(plain_date(cell)) is not None


def split_period(cell: str, info: ValidationInfo | None = None) -> tuple[str, str] | None:
    """The start and the end of a period that stands in one cell, each to be read as a date; "" without an end.

    None when the cell is no period. Days that follow each other are one: `28 en 29 mei 2026`.

    >>> split_period("1-3-2023 tot heden"), split_period("2021 - 2024"), split_period("28 en 29 mei 2026")
    (('1-3-2023', ''), ('2021', '2024'), ('28 mei 2026', '29 mei 2026'))
    >>> split_period("2024-01-31"), split_period("2024-02-01, 2024-02-08")
    (None, None)
    """
    if len(cell) > _LONGEST or not cell.strip():
        return None
    text = plain_date(cell)
    if _is_readable(text, info):
        return None
    if match := _SCHOOL_YEAR.fullmatch(text):
        begins, year = SCHOOL_YEARS[match[1]], int(match[2])
        if years := (int(match[3]) - year) % 100:
            return f"{year}-{begins:02}", f"{year + years}-{begins - 1:02}"
    text = re.sub(r"^(?:schooljaar|studiejaar|academisch jaar|seizoen|season|school year) ", "", text)
    if match := _FROM.fullmatch(text):
        text = match[1]
        if _is_readable(text, info):
            return text, ""
    if (
        match := re.fullmatch(
            rf"(.+?) ?(?:-|tot|t/m|tot en met|to|until|till|bis|>|(?=e\.?v\.?$|en verder$|onwards$)) ?{_OPEN}?", text
        )
    ) and _is_readable(match[1], info):
        return match[1], ""
    if (match := _TWO_YEARS.fullmatch(text)) and 12 < int(match[3]) > int(match[2]):
        return match[1] + match[2], match[1] + match[3]
    for between in _BETWEEN.finditer(text):
        start, end = text[: between.start()].strip(), text[between.end() :].strip()
        whole = _completed(start, end, has_spaces=len(between[0]) > 1, info=info)
        if whole and _is_readable(end, info):
            return whole, end
    days = _days_listed(text, info)
    return (days[0][0], days[-1][0]) if days and _follow_each_other([day for _, day in days]) else None


def whole_period(cell: str, info: ValidationInfo | None = None) -> bool:
    """Whether a cell names a part of a year, so that it stands for a period: `2025`, `mei 2025`."""
    return len(cell) <= _LONGEST and _part_of_year(plain_date(cell), info) is not None


def _is_readable(text: str, info: ValidationInfo | None) -> bool:
    return _part_of_year(text, _quiet(info)) is not None or _quiet_moment(text, info) is not None


class _Known(NamedTuple):
    """What is known of the file, as functions that read a cell want it."""

    context: dict[str, Any]


def _quiet(info: ValidationInfo | None) -> Any:
    """The same knowledge, for a look at a cell of which nothing is to be said yet."""
    return _Known({name: value for name, value in context_of(info).items() if name != "remarks"})


def _quiet_moment(text: str, info: ValidationInfo | None) -> datetime.date | None:
    """The day that a text names, if any, in whichever order its month and day are."""
    try:
        return _moment(text, _quiet(info))
    except PydanticCustomError:
        return _moment(text, _Known({**context_of(_quiet(info)), "month_first": True}))  # type: ignore[arg-type]


def _completed(start: str, end: str, *, has_spaces: bool, info: ValidationInfo | None) -> str | None:
    """A start with the month and year that stand behind the end only: `28` of `28-29 mei 2026`; None if none."""
    if _is_readable(start, info):
        return start
    day = re.fullmatch(rf"{_WEEKDAY}(\d{{1,2}})", start, re.ASCII)
    if day and (
        match := re.fullmatch(
            rf"{_WEEKDAY}\d{{1,2}}(?:e|ste|de|st|nd|rd|th)?[ -](({_MONTH})\.?[ -]{_YEAR})", end, re.ASCII
        )
    ):
        start = f"{day[1]} {match[1]}"
    elif re.fullmatch(r"\d{1,2}", start) and (match := re.fullmatch(r"\d{1,2}([/.])(\d{1,2}\1\d{4})", end, re.ASCII)):
        start = f"{start}{match[1]}{match[2]}"  # 13-15/05/2024
    elif match := re.search(r"(?:\d{4}|'\d{2})$", end):
        separator = (
            end[match.start() - 1 : match.start()] if re.fullmatch(r"\d{1,2}([-/.])\d{1,2}", start, re.ASCII) else " "
        )
        if separator != " " and not has_spaces:
            return None
        start = f"{start}{separator}{match[0]}"
    return start if _is_readable(start, info) else None


def _days_listed(text: str, info: ValidationInfo | None) -> list[tuple[str, datetime.date]]:
    """The days that a cell lists, each as a text of its own and as a day; none when any part is no day."""
    text = re.sub(rf"(\d{{1,2}})/(\d{{1,2}}) (?={_MONTH})", r"\1 & \2 ", text)
    items = [item for item in _ITEMS.split(text) if item]
    days: list[tuple[str, datetime.date]] = []
    for item in reversed(items):
        whole = _completed(item, days[0][0], has_spaces=True, info=info) if days else item
        day = _quiet_moment(whole, info) if whole else None
        if not whole or not day:
            return []
        days.insert(0, (whole, day))
    return days if len(days) > 1 else []


def _follow_each_other(days: list[datetime.date]) -> bool:
    return all((after - before).days == 1 for before, after in itertools.pairwise(days))


def _two_days(text: str, info: ValidationInfo | None) -> bool:
    """Whether a text that is no day holds two."""
    if period := split_period(text, info):
        return all(part and _quiet_moment(part, info) for part in period)
    return bool(_days_listed(text, info))
