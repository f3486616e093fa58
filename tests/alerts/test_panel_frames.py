"""DC-09 frames (law §3.4, P-02), against vectors and against pysiaalarm, a peer that is not ours."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysiaalarm import SIAAccount, SIAEvent

from alerts.models import DeviceTrouble, Signal
from alerts.panels import codes, frames
from alerts.panels.codes import Verb

# Verified with pysiaalarm (law §3.4).
SENT = b'56E1003B"SIA-DCS"0001R0L0#1234[#1234|Nri1/BA03]_11:17:04,11-22-2026'
ANSWERED = b'\nDBE70014"ACK"0001R0L0#1234[]\r'
NOW = dt.datetime(2026, 11, 22, 11, 17, 4, tzinfo=dt.UTC)
KEY = bytes(range(16))


def test_the_known_frame_is_read_and_answered_bit_for_bit() -> None:
    frame = frames.parse(SENT)
    assert (frame.protocol, frame.sequence, frame.account, frame.hidden) == ("SIA-DCS", "0001", "1234", False)
    assert frames.read(frame, None) == frames.Content("#1234|Nri1/BA03", (), NOW)
    assert frames.answer("ACK", frame, None, NOW) == ANSWERED
    assert (
        frames.build("SIA-DCS", "#1234|Nri1/BA03", account="1234", sequence=1, now=NOW)
        == b"\n" + SENT + b"\r"
    )


@pytest.mark.parametrize("key", [None, KEY, bytes(24), bytes(32)])
def test_the_peer_reads_what_we_build(key: bytes | None) -> None:
    now = dt.datetime.now(dt.UTC)
    built = frames.build("SIA-DCS", "#1A2B|Nri2/PA07", account="1A2B", sequence=42, now=now, key=key)
    event = SIAEvent.from_line(built.decode().strip(), {"1A2B": SIAAccount("1A2B", _said(key))})
    assert isinstance(event, SIAEvent)
    assert (event.valid_message, event.code, event.ri) == (True, "PA", "2")
    assert event.response is not None and event.response.value == "ACK"


@pytest.mark.parametrize("key", [None, KEY])
def test_we_read_what_the_peer_answers(key: bytes | None) -> None:
    now = dt.datetime.now(dt.UTC)
    built = frames.build("SIA-DCS", "#1A2B|NBA01", account="1A2B", sequence=7, now=now, key=key)
    event = SIAEvent.from_line(built.decode().strip(), {"1A2B": SIAAccount("1A2B", _said(key))})
    assert isinstance(event, SIAEvent)
    theirs = frames.parse(event.create_response().strip())
    ours = frames.parse(frames.answer("ACK", frames.parse(built.strip()), key, now).strip())
    assert (theirs.protocol, theirs.sequence, theirs.account) == (ours.protocol, ours.sequence, ours.account)
    assert frames.read(ours, key).at in (None, now.replace(microsecond=0))


@given(st.lists(st.integers(1, 40), max_size=12), st.integers(1, 4))
def test_frames_come_whole_however_the_network_cuts_and_joins_them(cuts: list[int], copies: int) -> None:
    stream, splitter, found = (b"\n" + SENT + b"\r") * copies, frames.Splitter(), []
    for cut in cuts:
        found += splitter.feed(stream[:cut])
        stream = stream[cut:]
    assert found + splitter.feed(stream) == [SENT] * copies


@given(st.integers(0, len(SENT) - 1), st.integers(0, 255))
def test_one_damaged_byte_is_never_taken_for_a_frame(at: int, byte: int) -> None:
    damaged = SENT[:at] + bytes([byte]) + SENT[at + 1 :]
    if damaged.upper() != SENT.upper():
        with pytest.raises(frames.Garbled):
            frames.parse(damaged)


@given(st.binary(max_size=3000))
def test_rubbish_neither_fills_memory_nor_breaks_the_reader(data: bytes) -> None:
    try:
        found = frames.Splitter().feed(data)
    except frames.Garbled:
        return
    for line in found:
        with pytest.raises(frames.Garbled):
            frames.parse(line)


def test_a_frame_under_another_key_or_in_clear_is_not_read() -> None:
    hidden = frames.parse(
        frames.build("SIA-DCS", "#1A2B|NBA", account="1A2B", sequence=1, now=NOW, key=KEY).strip()
    )
    clear = frames.parse(SENT)
    for frame, key in ((hidden, bytes(16)), (hidden, None), (clear, KEY)):
        with pytest.raises(frames.CannotRead):
            frames.read(frame, key)


@pytest.mark.parametrize(("age_s", "timely"), [(0, True), (40, True), (41, False), (-20, True), (-21, False)])
def test_a_frame_may_be_forty_seconds_old_and_twenty_ahead(age_s: int, timely: bool) -> None:
    assert frames.is_timely(NOW - dt.timedelta(seconds=age_s), NOW) is timely


@pytest.mark.parametrize(
    ("protocol", "data", "expected"),
    [
        ("SIA-DCS", "#1234|Nri1/BA03", [("BA", Verb.ALARM, Signal.INTRUSION, 3)]),
        (
            "SIA-DCS",
            "#1234|Nti14:03/id12/ri1/PA07/FA08",
            [("PA", Verb.ALARM, Signal.PANIC, 7), ("FA", Verb.ALARM, Signal.FIRE, 8)],
        ),
        ("SIA-DCS", "Nri1BA3", [("BA", Verb.ALARM, Signal.INTRUSION, 3)]),
        ("SIA-DCS", "#1234|OHA1", [("HA", Verb.ALARM, Signal.HOLD_UP, 1)]),
        ("SIA-DCS", "#1234|Nri1/BR03", [("BR", Verb.RESTORE, Signal.INTRUSION, 3)]),
        ("SIA-DCS", "#1234|Nri1/TA1", [("TA", Verb.ALARM, Signal.TAMPER, 1)]),
        ("SIA-DCS", "#1234|NAT00", [("AT", Verb.TROUBLE, DeviceTrouble.Kind.MAINS, 0)]),
        ("SIA-DCS", "#1234|NYR00", [("YR", Verb.TROUBLE_OVER, DeviceTrouble.Kind.BATTERY, 0)]),
        ("SIA-DCS", "#1234|NRP", [("RP", Verb.ALIVE, None, None)]),
        ("SIA-DCS", "#1234|Nid5/ri1/OP05", [("OP", Verb.UNSET, None, 5)]),
        ("SIA-DCS", "#1234|NBC", [("BC", Verb.CANCEL, Signal.INTRUSION, None)]),
        ("SIA-DCS", "#1234|NZZ09", [("ZZ", Verb.ALARM, Signal.OTHER, 9)]),
        ("ADM-CID", "#1234|1130 01 003", [("130", Verb.ALARM, Signal.INTRUSION, 3)]),
        ("ADM-CID", "#1234|3130 01 003", [("130", Verb.RESTORE, Signal.INTRUSION, 3)]),
        ("ADM-CID", "#1234|1120 00 000", [("120", Verb.ALARM, Signal.PANIC, 0)]),
        ("ADM-CID", "#1234|1110 00 002", [("110", Verb.ALARM, Signal.FIRE, 2)]),
        ("ADM-CID", "#1234|1137 00 002", [("137", Verb.ALARM, Signal.TAMPER, 2)]),
        ("ADM-CID", "#1234|1301 00 000", [("301", Verb.TROUBLE, DeviceTrouble.Kind.MAINS, 0)]),
        ("ADM-CID", "#1234|3302 00 000", [("302", Verb.TROUBLE_OVER, DeviceTrouble.Kind.BATTERY, 0)]),
        ("ADM-CID", "#1234|1350 00 000", [("350", Verb.TROUBLE, DeviceTrouble.Kind.LINE, 0)]),
        ("ADM-CID", "#1234|3401 01 005", [("401", Verb.SET, None, 5)]),
        ("ADM-CID", "#1234|1602 00 000", [("602", Verb.ALIVE, None, 0)]),
        ("NULL", "", []),
    ],
)  # fmt: skip
def test_codes_mean_what_the_tables_say(protocol: str, data: str, expected: list[object]) -> None:
    told = [(t.code, t.verb, t.signal or t.trouble, t.zone) for t in codes.read(protocol, data)]
    assert told == expected


@pytest.mark.parametrize(
    ("protocol", "data"), [("SIA-DCS", "#1|?"), ("SIA-DCS", "#1|N"), ("ADM-CID", "#1|18"), ("SCII", "#1|x")]
)
def test_content_nobody_knows_is_said_to_be_so(protocol: str, data: str) -> None:
    with pytest.raises(codes.NotFollowed):
        codes.read(protocol, data)


def _said(key: bytes | None) -> str | None:
    # The peer takes the bytes of its text for the key.
    return None if key is None else key.decode("latin-1")
