"""Letters of 5×7 dots, and a row of text sixteen pixels high."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

HEIGHT, ADVANCE, SCALE = 16, 6, 2
INK, PAPER = 230, 24
MARGIN = 10

# Seven lines of five dots each, as hexadecimal digits of two: 0x10 is the leftmost dot.
_DOTS = {
    "0": "0E11131519110E", "1": "040C040404040E", "2": "0E11010204081F", "3": "1F02040201110E",
    "4": "02060A121F0202", "5": "1F101E0101110E", "6": "0608101E11110E", "7": "1F010204080808",
    "8": "0E11110E11110E", "9": "0E11110F01020C", "A": "0E11111F111111", "B": "1E11111E11111E",
    "C": "0E11101010110E", "D": "1C12111111121C", "E": "1F10101E10101F", "F": "1F10101E101010",
    "G": "0E11101713110F", "H": "1111111F111111", "I": "0E04040404040E", "J": "0702020202120C",
    "K": "11121418141211", "L": "1010101010101F", "M": "111B1515111111", "N": "11111915131111",
    "O": "0E11111111110E", "P": "1E11111E101010", "Q": "0E11111115120D", "R": "1E11111E141211",
    "S": "0F10100E01011E", "T": "1F040404040404", "U": "1111111111110E", "V": "11111111110A04",
    "W": "11111115151B11", "X": "11110A040A1111", "Y": "1111110A040404", "Z": "1F01020408101F",
    ":": "000C0C000C0C00", "-": "0000001F000000", "/": "00010204081000", ".": "00000000000C0C",
    "'": "0C040800000000", "·": "0000000C0C0000", "°": "0C12120C000000", "+": "0004041F040400",
    "(": "02040808080402", ")": "08040202020408", "&": "0C12140815120D", ",": "00000000040408",
}  # fmt: skip


def row_of(width: int, left: str, right: str) -> list[bytes]:
    """Sixteen lines of luma with a text at either end; the left one is cut where the right one begins."""
    right_dots = _dots(right)
    room = width - 2 * MARGIN - len(right_dots[0]) - 2 * ADVANCE
    paper, edge = bytes([PAPER]), bytes([PAPER]) * MARGIN
    lines = []
    for dots_left, dots_right in zip(_dots(left), right_dots, strict=True):
        middle = dots_left[: max(0, room)]
        gap = width - 2 * MARGIN - len(middle) - len(dots_right)
        lines.append(edge + middle + paper * gap + dots_right + edge)
    return lines


@lru_cache(maxsize=512)
def _dots(text: str) -> list[bytes]:
    lines = [b""] * HEIGHT
    for letter in _plain(text):
        glyph = bytes.fromhex(_DOTS.get(letter, "00" * 7))
        for line in range(HEIGHT):
            row = (line - 1) // SCALE
            dots = glyph[row] if 0 <= row < 7 else 0
            lines[line] += (
                b"".join(
                    bytes([INK if dots >> (4 - dot) & 1 else PAPER]) * SCALE for dot in range(ADVANCE - 1)
                )
                + bytes([PAPER]) * SCALE
            )
    return lines


def _plain(text: str) -> str:
    """Capitals without accents: what these dots can write."""
    apart = unicodedata.normalize("NFD", text.upper().replace("’", "'"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
