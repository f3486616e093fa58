"""What the codes of alarm panels mean here: SIA DC-03 two letters, and Contact ID (SIA DC-05) three digits.

What the centre does not know it shows (`Signal.OTHER`), rather than drop it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from alerts.models import DeviceTrouble, Signal

Trouble = DeviceTrouble.Kind


class Verb(Enum):
    """What a panel tells."""

    ALARM = "alarm"
    RESTORE = "restore"
    CANCEL = "cancel"
    TROUBLE = "trouble"
    TROUBLE_OVER = "trouble_over"
    TEST = "test"
    ALIVE = "alive"
    SET = "set"
    UNSET = "unset"
    NOTE = "note"


@dataclass(frozen=True)
class Told:
    """One thing a panel tells; zone and area are its own numbers, None when it gives none."""

    code: str
    verb: Verb
    signal: Signal | None = None
    trouble: DeviceTrouble.Kind | None = None
    zone: int | None = None
    area: int | None = None
    text: str = ""


class NotFollowed(Exception):
    """The content is shaped as nothing we know."""


# The first letter of most SIA codes says what it is about; the second what happened to it.
_ABOUT = {
    "B": Signal.INTRUSION,
    "P": Signal.PANIC,
    "H": Signal.HOLD_UP,
    "F": Signal.FIRE,
    "K": Signal.FIRE,
    "S": Signal.FIRE,
    "M": Signal.MEDICAL,
    "Q": Signal.PANIC,
    "G": Signal.GAS,
    "W": Signal.WATER,
    "U": Signal.INTRUSION,
    "T": Signal.TAMPER,
}
_HAPPENED = {
    "A": Verb.ALARM,
    "V": Verb.ALARM,
    "R": Verb.RESTORE,
    "H": Verb.RESTORE,
    "C": Verb.CANCEL,
    "X": Verb.TEST,
    "B": Verb.NOTE,
    "U": Verb.NOTE,
    "S": Verb.NOTE,
}
_SIA: dict[str, tuple[Verb, Signal | DeviceTrouble.Kind | None]] = {
    "AT": (Verb.TROUBLE, Trouble.MAINS),
    "AR": (Verb.TROUBLE_OVER, Trouble.MAINS),
    "YT": (Verb.TROUBLE, Trouble.BATTERY),
    "YM": (Verb.TROUBLE, Trouble.BATTERY),
    "YR": (Verb.TROUBLE_OVER, Trouble.BATTERY),
    "YC": (Verb.TROUBLE, Trouble.LINE),
    "YS": (Verb.TROUBLE, Trouble.LINE),
    "LT": (Verb.TROUBLE, Trouble.LINE),
    "YK": (Verb.TROUBLE_OVER, Trouble.LINE),
    "LR": (Verb.TROUBLE_OVER, Trouble.LINE),
    "RP": (Verb.ALIVE, None),
    "RR": (Verb.NOTE, None),
    "RX": (Verb.TEST, None),
    "TX": (Verb.TEST, None),
    "ES": (Verb.ALARM, Signal.TAMPER),
    "EJ": (Verb.RESTORE, Signal.TAMPER),
    "TB": (Verb.NOTE, None),
    "TU": (Verb.NOTE, None),
    "TS": (Verb.TEST, None),
    "TE": (Verb.NOTE, None),
    "CL": (Verb.SET, None),
    "CA": (Verb.SET, None),
    "CG": (Verb.SET, None),
    "CF": (Verb.SET, None),
    "CP": (Verb.SET, None),
    "NL": (Verb.SET, None),
    "OP": (Verb.UNSET, None),
    "OA": (Verb.UNSET, None),
    "OG": (Verb.UNSET, None),
    "OR": (Verb.UNSET, None),
}
# Contact ID: (about, when new, when over). A qualifier 6 repeats what is still so.
_CID: dict[range, Signal | DeviceTrouble.Kind] = {
    range(100, 110): Signal.MEDICAL,
    range(110, 120): Signal.FIRE,
    range(120, 122): Signal.PANIC,
    range(122, 130): Signal.HOLD_UP,
    range(130, 137): Signal.INTRUSION,
    range(137, 138): Signal.TAMPER,
    range(138, 144): Signal.INTRUSION,
    range(144, 146): Signal.TAMPER,
    range(146, 150): Signal.INTRUSION,
    range(151, 152): Signal.GAS,
    range(154, 155): Signal.WATER,
    range(301, 302): Trouble.MAINS,
    range(302, 303): Trouble.BATTERY,
    range(309, 310): Trouble.BATTERY,
    range(311, 312): Trouble.BATTERY,
    range(338, 339): Trouble.BATTERY,
    range(384, 385): Trouble.BATTERY,
    range(350, 358): Trouble.LINE,
    range(383, 384): Signal.TAMPER,
}
_CID_KEYS = frozenset([*range(400, 406), *range(407, 411), *range(441, 443), *range(450, 460)])

_MODIFIER = re.compile(r"[a-z]{2}[^/]*")
_SIA_EVENT = re.compile(r"(?P<code>[A-Z]{2})(?P<zone>[0-9A-Fa-f]{0,4})(?P<text>.*)", re.DOTALL)
_CID_EVENT = re.compile(r"(?P<how>[136])(?P<code>\d{3}) ?(?P<area>[0-9A-Fa-f]{2}) ?(?P<zone>[0-9A-Fa-f]{3})")


def read(protocol: str, data: str) -> list[Told]:
    """What the content of a frame tells, in its order; nothing for a poll. Raises NotFollowed."""
    if protocol == "NULL":
        return []
    content = data.partition("|")[2] if data.startswith("#") else data.lstrip("|")
    if protocol == "SIA-DCS":
        return list(_sia(content))
    if protocol == "ADM-CID":
        return [_cid(content)]
    raise NotFollowed(protocol)


def _sia(content: str) -> Iterator[Told]:
    if content[:1] not in {"N", "O"}:
        raise NotFollowed("neither new nor old")
    area, found = None, False
    for part in content[1:].split("/"):
        # `ri1` says the area of what follows; other modifiers (time, person, peripheral) are kept in the raw frame.
        event = _SIA_EVENT.fullmatch(_after_modifiers(part))
        if named := re.match(r"ri(\d+)", part):
            area = int(named[1])
        if event is None:
            if part and not _MODIFIER.fullmatch(part):
                raise NotFollowed(part[:20])
            continue
        found = True
        zone = int(event["zone"]) if event["zone"].isdigit() else None
        text = event["text"].strip("^* |")[:60]
        verb, about = _sia_meaning(event["code"])
        yield _told(event["code"], verb, about, zone, area, text)
    if not found:
        raise NotFollowed("no event")


def _after_modifiers(part: str) -> str:
    """`ri1BA03`, as some panels write it, is `BA03` in area 1."""
    return re.sub(r"^(?:(?:ri|id|pi)\d+|ti\d\d:\d\d(?::\d\d)?)+", "", part)


def _sia_meaning(code: str) -> tuple[Verb, Signal | DeviceTrouble.Kind | None]:
    if code in _SIA:
        return _SIA[code]
    about, happened = _ABOUT.get(code[0]), _HAPPENED.get(code[1])
    if about is not None and happened is not None:
        return happened, about
    if about is not None and code[1] in "TJ":
        return (Verb.TROUBLE if code[1] == "T" else Verb.TROUBLE_OVER), Trouble.FAULT
    return Verb.ALARM, Signal.OTHER


def _cid(content: str) -> Told:
    event = _CID_EVENT.fullmatch(content.strip())
    if event is None:
        raise NotFollowed(content[:20])
    number, new = int(event["code"]), event["how"] != "3"
    zone = int(event["zone"]) if event["zone"].isdigit() else None
    area = int(event["area"]) if event["area"].isdigit() else None
    if number == 406:
        return _told(event["code"], Verb.CANCEL, None, zone, area)
    if number in _CID_KEYS:
        return _told(event["code"], Verb.UNSET if new else Verb.SET, None, zone, area)
    if number == 602:
        return _told(event["code"], Verb.ALIVE, None, zone, area)
    if 601 <= number <= 609:
        return _told(event["code"], Verb.TEST if new else Verb.NOTE, None, zone, area)
    if 411 <= number <= 440 or 500 <= number <= 600 or 610 <= number <= 699:
        return _told(event["code"], Verb.NOTE, None, zone, area)
    about = next((about for numbers, about in _CID.items() if number in numbers), None)
    if about is None and 300 <= number < 400:
        about = Trouble.FAULT
    if isinstance(about, DeviceTrouble.Kind):
        return _told(event["code"], Verb.TROUBLE if new else Verb.TROUBLE_OVER, about, zone, area)
    return _told(event["code"], Verb.ALARM if new else Verb.RESTORE, about or Signal.OTHER, zone, area)


def _told(
    code: str,
    verb: Verb,
    about: Signal | DeviceTrouble.Kind | None,
    zone: int | None,
    area: int | None,
    text: str = "",
) -> Told:
    return Told(
        code,
        verb,
        signal=about if isinstance(about, Signal) else None,
        trouble=about if isinstance(about, DeviceTrouble.Kind) else None,
        zone=zone,
        area=area,
        text=text,
    )
