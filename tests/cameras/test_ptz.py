"""The envelopes the centre writes out itself say what zeep makes of the same call from the WSDL of ONVIF."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import onvif
import pytest
import zeep
from lxml import etree

from cameras.drivers.base import Refused, Unreachable, WrongPassword
from cameras.drivers.envelope import Post, Signature
from cameras.drivers.ptz import NS, TT, Ptz

SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/PositionGenericSpace"
AT = {"PanTilt": {"x": 0.25, "y": -0.1}, "Zoom": {"x": 0.5}}
CALLS: list[tuple[str, Callable[[Ptz], Awaitable[Any]], dict[str, Any]]] = [
    (
        "AbsoluteMove",
        lambda head: head.absolute(0.25, -0.1, 0.5, SPACE),
        {"Position": {**AT, "PanTilt": {**AT["PanTilt"], "space": SPACE}}},
    ),
    ("RelativeMove", lambda head: head.relative(0.25, -0.1, 0.5), {"Translation": AT}),
    (
        "ContinuousMove",
        lambda head: head.continuous(0.25, -0.1, 0.5, 5),
        {"Velocity": AT, "Timeout": dt.timedelta(seconds=5)},
    ),
    ("Stop", lambda head: head.stop(), {"PanTilt": True, "Zoom": True}),
    ("GotoPreset", lambda head: head.go_to("12 & <13>"), {"PresetToken": "12 & <13>"}),
    ("GetStatus", lambda head: head.status(), {}),
]


class Kept(Post):
    """Sends nothing: keeps the body, answers as a device would."""

    def __init__(self) -> None:
        self.action = self.body = ""

    async def call(self, action: str, body: str, more: str = "") -> bytes:
        self.action, self.body = action, body
        return (
            f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><GetStatusResponse xmlns="{NS}">'
            f'<PTZStatus><Position xmlns="{TT}"><PanTilt x="0.5" y="-0.25"/></Position></PTZStatus>'
            "</GetStatusResponse></s:Body></s:Envelope>"
        ).encode()


def plain(element: Any) -> tuple[Any, ...]:
    """An element without prefixes and without the many ways of writing one number."""

    def value(text: str) -> float | str:
        try:
            return float(text)
        except ValueError:
            return text

    attributes = sorted((name, value(told)) for name, told in element.attrib.items())
    return element.tag, attributes, value((element.text or "").strip()), [plain(child) for child in element]


@pytest.fixture(scope="module")
def library() -> tuple[Any, Any]:
    client = zeep.Client(str(Path(onvif.__file__).parent / "wsdl" / "ptz.wsdl"))  # type: ignore[no-untyped-call]
    return client, client.create_service(f"{{{NS}}}PTZBinding", "http://127.0.0.1/ptz")  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(("name", "ours", "told"), CALLS, ids=[name for name, _ours, _told in CALLS])
def test_it_is_what_the_library_would_send(
    library: tuple[Any, Any], name: str, ours: Callable[[Ptz], Awaitable[Any]], told: dict[str, Any]
) -> None:
    client, service = library
    envelope = client.create_message(service, name, ProfileToken="main", **told)
    [theirs] = envelope.find("{http://www.w3.org/2003/05/soap-envelope}Body")
    kept = Kept()
    asyncio.run(ours(Ptz(kept, "main")))  # type: ignore[arg-type]
    assert plain(etree.fromstring(kept.body)) == plain(theirs)
    assert kept.action == f"{NS}/{name}"


def test_a_head_that_says_little_is_understood() -> None:
    at = asyncio.run(Ptz(Kept(), "main").status())
    assert (at.pan, at.tilt, at.zoom, at.moving) == (0.5, -0.25, None, False)


def test_each_envelope_is_signed_anew_and_tells_no_password() -> None:
    one = Signature("centre & co", "a secret of domes")
    first, second = one.header(), one.header()
    assert first != second and "centre &amp; co" in first
    assert "secret" not in first and "secret" not in repr(one)
    assert Signature("", "").header() == ""


@pytest.mark.parametrize(
    ("status", "said", "error"),
    [
        (401, b"", WrongPassword),
        (502, b"bad gateway", Unreachable),
        (500, b"<html>oops", Unreachable),
        (200, b"<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body><s:Fault><s:Reason>"
         b"<s:Text>the motor is hot</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>", Refused),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_a_trouble(status: int, said: bytes, error: type[Exception]) -> None:
    class Answer:
        def __init__(self) -> None:
            self.status, self.content = status, self

        async def __aenter__(self) -> Answer:
            return self

        async def __aexit__(self, *_error: object) -> None: ...

        async def iter_chunked(self, _most: int) -> AsyncIterator[bytes]:
            yield said

    class Session:
        def post(self, *_url: Any, **_more: Any) -> Answer:
            return Answer()

    post = Post("http://127.0.0.1/ptz", Session(), Signature("u", "p"))  # type: ignore[arg-type]
    with pytest.raises(error):
        asyncio.run(post.call("x", "<x/>"))
