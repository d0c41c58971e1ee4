"""Lists of words: whether `Peace, justice` is one theme or two.

A line break, `|`, `;`, a bullet and a comma without a space behind it always separate. A comma with a space, a slash
and an ampersand may be part of a word. They separate where every part is a word of the vocabulary, or stands by itself
in the column or in the data on show, or stands beside different others. Else a cell is read as it is written, and the
sender is asked once. `en`, `+` and a dash are mostly part of a word: they separate where every part stands by itself,
and nobody is asked.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from hubdata.cells import fold, is_nothing, quoted_items, split_words

SEPARATORS = {",": re.compile(r"\s*,\s+"), "/": re.compile(r"\s*/\s*"), "&": re.compile(r"\s*&\s*")}
"""What may separate words, or be part of one; by how it is called in `FileMapping.lists`."""
IN_WORDS = {
    "en": re.compile(r"\s+(?:en|and|und|et)\s+", re.IGNORECASE),
    "+": re.compile(r"\s+[+>]\s+"),
    "-": re.compile(r"\s+[-–—]\s+"),
    "\\": re.compile(r"\s*\\\s*"),
}
"""What separates words only where each of them is known."""
UNSURE = re.compile(r",\s|[/&\n\r\\]|\s(?:(?i:en|and|und|et)|[-–—+>])\s")


class Words:
    """How the lists of one column are read. `doubts` and `split` tell what was found on the way."""

    def __init__(
        self, cells: Iterable[str], vocabulary: Collection[str], known: Iterable[str], answers: Mapping[str, bool]
    ) -> None:
        """`vocabulary`: folded words, none when every word will do. `known`: words of the data on show.

        `answers`: separator -> whether it separates in this column.
        """
        self.vocabulary, self.answers = vocabulary, answers
        self.doubts: dict[str, list[str]] = defaultdict(list)
        """Separator -> items that may be one word or several; those of which the sender said so too."""
        self.split: set[str] = set()
        """Words that are words since they stand elsewhere, and at which an item was taken apart."""
        self.words = set(vocabulary)
        if vocabulary:
            return
        self.words |= {fold(word) for word in known}
        beside: dict[str, set[str]] = defaultdict(set)
        for item in {item for cell in cells if not quoted_items(cell) for item in split_words(cell) or []}:
            if is_nothing(item):
                continue
            pieces = [piece for way in SEPARATORS.values() if len(parts := _parts(way, item)) > 1 for piece in parts]
            if not pieces:
                self.words.add(fold(item))
            for piece in pieces:
                beside[fold(piece)].add(fold(item))
        self.words |= {piece for piece, items in beside.items() if len(items) > 1}

    def items(self, cell: str) -> list[str] | str:
        """The items of a cell; the cell itself where nothing in it is unsure."""
        if not UNSURE.search(cell):
            return cell
        items = split_words(cell) or []
        return list(dict.fromkeys(items if quoted_items(cell) else [part for i in items for part in self._of(i)])) or ""

    def _of(self, item: str) -> list[str]:
        """An item, or its parts."""
        if fold(item) in self.vocabulary or is_nothing(item):
            return [item]
        for separator, way in SEPARATORS.items():
            parts = _parts(way, item)
            if len(parts) < 2:
                continue
            if (answer := self.answers.get(separator)) is not None and not self.vocabulary:
                self.doubts[separator].append(item)
                if answer:
                    return [word for part in parts for word in self._of(part)]
                continue
            known = [self._known(part) for part in parts]
            if all(known) or (self.vocabulary and any(known)):
                words = [word for part, found in zip(parts, known, strict=True) for word in found or [part]]
                self.split |= set() if self.vocabulary else {fold(word) for word in words}
                return words
            if not self.vocabulary:
                self.doubts[separator].append(item)
        for way in IN_WORDS.values():
            parts = _parts(way, item)
            if len(parts) > 1 and all(fold(part) in self.words for part in parts):
                self.split |= set() if self.vocabulary else set(map(fold, parts))
                self.doubts = _without(self.doubts, item)
                return parts
        return [item]

    def _known(self, part: str) -> list[str]:
        """A part when it is a word, or its own parts when those are; else nothing."""
        if fold(part) in self.words:
            return [part]
        for way in SEPARATORS.values():
            parts = _parts(way, part)
            if len(parts) > 1 and all(fold(piece) in self.words for piece in parts):
                return parts
        return []


def _without(doubts: Mapping[str, list[str]], item: str) -> dict[str, list[str]]:
    """Doubts without those about an item that turned out to be known."""
    left = {separator: [other for other in items if other != item] for separator, items in doubts.items()}
    return defaultdict(list, {separator: items for separator, items in left.items() if items})


def _parts(way: re.Pattern[str], item: str) -> list[str]:
    return [part for part in way.split(item.strip(" ,/&")) if part]
