"""SOAP envelopes written out and signed anew each time: what must be quick does not wait for a WSDL to be read.

Signed by WS-Security digest (OASIS UsernameToken 1.0), and by HTTP digest where the device asks for that: the
session answers such a challenge itself (`asked.Asked`).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import aiohttp
from lxml import etree

from cameras.drivers.base import Refused, Unreachable, WrongPassword
from cameras.drivers.faults import of_status, of_words

SOAP = "http://www.w3.org/2003/05/soap-envelope"
_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_TOKEN = (
    f'<Security xmlns="{_OASIS}-wssecurity-secext-1.0.xsd"><UsernameToken><Username>%s</Username>'
    f'<Password Type="{_OASIS}-username-token-profile-1.0#PasswordDigest">%s</Password>'
    f'<Nonce EncodingType="{_OASIS}-soap-message-security-1.0#Base64Binary">%s</Nonce>'
    f'<Created xmlns="{_OASIS}-wssecurity-utility-1.0.xsd">%s</Created></UsernameToken></Security>'
)
_ENVELOPE = (
    f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}"><s:Header>%s</s:Header>'
    "<s:Body>%s</s:Body></s:Envelope>"
)
MOST_BYTES = 1 << 20  # no answer of a device is that long; one that is would fill the process
# The device closed a connection that was kept: nothing was sent, so it is sent on another.
CLOSED_MEANWHILE = (aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionResetError)


@dataclass(frozen=True)
class Signature:
    """Who asks, by the clock of the device: a signature that is some seconds off is refused."""

    user: str
    password: str = field(repr=False)
    ahead: dt.timedelta = dt.timedelta()

    def header(self) -> str:
        if not self.user:
            return ""
        nonce = os.urandom(16)
        at = (dt.datetime.now(dt.UTC) + self.ahead).strftime("%Y-%m-%dT%H:%M:%SZ")
        digest = hashlib.sha1(nonce + at.encode() + self.password.encode()).digest()  # noqa: S324  (the standard's)
        told = base64.b64encode(digest).decode(), base64.b64encode(nonce).decode(), at
        return _TOKEN % (escape(self.user), *told)


class Post:
    """One service of one device, over the connection its session keeps."""

    def __init__(self, url: str, session: aiohttp.ClientSession, signature: Signature) -> None:
        self._url, self._session, self._signature = url, session, signature

    async def call(self, action: str, body: str, more: str = "") -> bytes:
        """The answer as it came; a DriverError when it is a fault, or none at all. `more` goes into the header."""
        try:
            return await self._once(action, body, more)
        except CLOSED_MEANWHILE:
            return await self._once(action, body, more)

    async def _once(self, action: str, body: str, more: str) -> bytes:
        told = (_ENVELOPE % (self._signature.header() + more, body)).encode()
        headers = {"Content-Type": f'application/soap+xml; charset=utf-8; action="{action}"'}
        async with self._session.post(self._url, data=told, headers=headers) as answer:
            said = b""
            async for part in answer.content.iter_chunked(1 << 16):
                said += part
                if len(said) > MOST_BYTES:
                    raise Refused("too long an answer")
        if answer.status >= 300 or b"Fault" in said:
            _raise_fault(said, answer.status)
        return said


def read(said: bytes) -> Any:
    """The first element of the body."""
    root = etree.fromstring(said, etree.XMLParser(resolve_entities=False, no_network=True))
    body = root.find(f"{{{SOAP}}}Body")
    if body is None or not len(body):
        raise Refused("unreadable answer (no body)")
    return body[0]


def _raise_fault(said: bytes, status: int) -> None:
    if not said.lstrip().startswith(b"<"):
        raise WrongPassword if status == 401 else of_status(status)
    try:
        answer = read(said)
    except etree.XMLSyntaxError as error:
        raise Unreachable(f"HTTP {status}") from error
    if answer.tag != f"{{{SOAP}}}Fault":
        if status >= 300:
            raise of_status(status)
        return
    codes = [one.text or "" for one in answer.iterfind(f".//{{{SOAP}}}Subcode/{{{SOAP}}}Value")]
    words = (answer.findtext(f".//{{{SOAP}}}Text") or "").strip()
    raise of_words(" ".join([*codes, words]), said=words)
