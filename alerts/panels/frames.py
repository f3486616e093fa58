"""The frames of alarm panels: ANSI/SIA DC-09-2021, in clear or under AES (law §3.4, P-02). Pure functions.

    LF crc(4 hex) length(4 hex) "SIA-DCS"|"ADM-CID"|"NULL" sequence [Rreceiver] Lline [#account] body CR

The CRC-16/ARC and the length are those of everything from the first quote to before CR. The body in clear is
`[#account|content][extension…]_HH:MM:SS,MM-DD-YYYY`; under AES-CBC with a zero vector (its protocol begins with
`*`) all after the first bracket is hexadecimal of `padding|#account|content]…_time`. Times are UTC.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

LF, CR = b"\n", b"\r"
MOST_BYTES = 1024  # P-02
BLOCK = 16
# How old a frame may be, and how far ahead its clock (law §3.4).
OLDEST_S, AHEAD_S = 40, 20

_SHAPE = re.compile(
    rb'(?P<crc>[0-9A-Fa-f]{4})(?P<length>[0-9A-Fa-f]{4})(?P<rest>"(?P<hidden>\*?)(?P<protocol>[A-Z0-9-]{2,16})"'
    rb"(?P<sequence>\d{4})(?P<receiver>R[0-9A-Fa-f]{1,6})?(?P<line>L[0-9A-Fa-f]{1,6})"
    rb"(?:#(?P<account>[0-9A-Fa-f]{3,16}))?\[(?P<body>.*))",
    re.DOTALL,
)
_TIME = re.compile(r"_(\d{2}:\d{2}:\d{2},\d{2}-\d{2}-\d{4})$")
_TIME_FORMAT = "%H:%M:%S,%m-%d-%Y"


class Garbled(Exception):
    """No frame, or one the line has damaged: it is not answered, the panel sends it again."""


class CannotRead(Exception):
    """It is under a key that is not the panel's."""


@dataclass(frozen=True)
class Frame:
    """One frame off the line. `body` is what follows the first bracket, still under its key if `hidden`."""

    raw: bytes
    crc: int
    protocol: str
    hidden: bool
    sequence: str
    receiver: str
    line: str
    account: str
    body: bytes


@dataclass(frozen=True)
class Content:
    """What a frame says: `data` such as `#1234|Nri1/BA03`; `at` in UTC, None when it gives no time."""

    data: str
    extensions: tuple[str, ...]
    at: dt.datetime | None


class Splitter:
    """Cuts a stream of bytes into frames, however the network cut or joined them."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The whole frames up to now, without LF and CR. Raises Garbled when none ends within 1,024 bytes."""
        found, held = [], self._held + data
        while CR in held:
            line, held = held.split(CR, 1)
            # What stands before LF is noise of the line.
            line = line[line.rfind(LF) + 1 :] if LF in line else line.strip()
            if len(line) > MOST_BYTES:
                raise Garbled("a frame longer than 1,024 bytes")
            if line:
                found.append(line)
        if len(held) > MOST_BYTES:
            raise Garbled("1,024 bytes without an end")
        self._held = held
        return found


def parse(raw: bytes) -> Frame:
    """One frame, from CRC to before CR. Raises Garbled."""
    found = _SHAPE.fullmatch(raw)
    if found is None:
        raise Garbled("not shaped as DC-09")
    if len(found["rest"]) != int(found["length"], 16):
        raise Garbled("its length is not the one it gives")
    if crc16(found["rest"]) != int(found["crc"], 16):
        raise Garbled("its CRC is wrong")
    return Frame(
        raw=raw,
        crc=int(found["crc"], 16),
        protocol=found["protocol"].decode("ascii"),
        hidden=bool(found["hidden"]),
        sequence=found["sequence"].decode("ascii"),
        receiver=(found["receiver"] or b"").decode("ascii"),
        line=found["line"].decode("ascii"),
        account=(found["account"] or b"").decode("ascii").upper(),
        body=found["body"],
    )


def read(frame: Frame, key: bytes | None) -> Content:
    """What it says. Raises CannotRead when it is under another key, or in clear from a panel that has one."""
    if frame.hidden != (key is not None):
        raise CannotRead("in clear" if key else "under a key")
    text = _plain(frame.body, key) if key else frame.body.decode("ascii", "backslashreplace")
    if key:
        # The padding ends at the first bar; it holds no bar and no bracket. A poll may end it with its bracket.
        _, bar, said = text.partition("|")
        text = said if bar else text[max(0, text.find("]")) :]
    at = None
    if time := _TIME.search(text):
        text = text[: time.start()]
        try:
            at = dt.datetime.strptime(time[1], _TIME_FORMAT).replace(tzinfo=dt.UTC)
        except ValueError:
            raise CannotRead("an impossible time") from None
    if not text.endswith("]") or not text.isprintable():
        raise CannotRead("no closing bracket, or what cannot be printed")
    data, *extensions = text[:-1].split("][")
    return Content(data, tuple(extensions), at)


def is_timely(at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a frame of that time may be new (law §3.4); one without a time may be anybody's of any day."""
    return at is not None and -AHEAD_S <= (now - at).total_seconds() <= OLDEST_S


def answer(kind: Literal["ACK", "DUH"], frame: Frame, key: bytes | None, now: dt.datetime) -> bytes:
    """The frame taken (ACK) or not understood (DUH): the panel need not send it again."""
    named = f"#{frame.account}" if frame.account else ""
    head = f"{frame.sequence}{frame.receiver}{frame.line}{named}["
    if key is None:
        return _framed(f'"{kind}"{head}]')
    # A frame under a key is answered under it: nobody else can say that it was taken.
    return _framed(f'"*{kind}"{head}' + hide(f"]_{now.astimezone(dt.UTC):{_TIME_FORMAT}}", key))


def refusal(now: dt.datetime) -> bytes:
    """NAK: wrong time or nobody we know. It gives our time, and of the account nothing."""
    return _framed(f'"NAK"0000R0L0A0[]_{now.astimezone(dt.UTC):{_TIME_FORMAT}}')


def build(
    protocol: str,
    data: str,
    *,
    account: str,
    sequence: int,
    now: dt.datetime,
    key: bytes | None = None,
    receiver: str = "R0",
    line: str = "L0",
) -> bytes:
    """A frame as a panel sends it. `data` is all between the brackets, such as `#1234|Nri1/BA03`; empty: a poll."""
    star = "*" if key else ""
    head = f'"{star}{protocol}"{sequence:04d}{receiver}{line}#{account}['
    tail = f"{data}]_{now.astimezone(dt.UTC):{_TIME_FORMAT}}"
    return _framed(head + (hide(tail, key) if key else tail))


def hide(tail: str, key: bytes) -> str:
    """Hexadecimal of padding, bar and text under AES-CBC with a zero vector; the padding is never guessable."""
    short = -(len(tail) + 1) % BLOCK
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    padding = "".join(secrets.choice(letters) for _ in range(short))
    doing = _cipher(key).encryptor()
    return (doing.update(f"{padding}|{tail}".encode("ascii")) + doing.finalize()).hex().upper()


def crc16(data: bytes) -> int:
    """CRC-16/ARC: polynomial 0x8005 reflected, from zero."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def _plain(body: bytes, key: bytes) -> str:
    try:
        sealed = bytes.fromhex(body.decode("ascii"))
    except ValueError:
        raise CannotRead("not hexadecimal") from None
    if not sealed or len(sealed) % BLOCK:
        raise CannotRead("not whole blocks")
    doing = _cipher(key).decryptor()
    return (doing.update(sealed) + doing.finalize()).decode("ascii", "backslashreplace")


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    # The standard fixes the zero vector; the random padding in front takes its place.
    return Cipher(algorithms.AES(key), modes.CBC(bytes(BLOCK)))


def _framed(rest: str) -> bytes:
    data = rest.encode("ascii")
    return LF + f"{crc16(data):04X}{len(data):04X}".encode("ascii") + data + CR


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0xA001 if byte & 1 else 0)
    return byte


_TABLE = tuple(_entry(byte) for byte in range(256))
