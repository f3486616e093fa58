"""SOAP 1.2 as ONVIF has it: envelopes in, envelopes out, and faults with their subcodes."""

from __future__ import annotations

from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://www.w3.org/2005/08/addressing",
    "tt": "http://www.onvif.org/ver10/schema",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tr2": "http://www.onvif.org/ver20/media/wsdl",
    "tptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "tev": "http://www.onvif.org/ver10/events/wsdl",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "wstop": "http://docs.oasis-open.org/wsn/t-1",
    "tns1": "http://www.onvif.org/ver10/topics",
    "tth": "http://www.onvif.org/ver10/thermal/wsdl",
    "ttr": "http://www.onvif.org/ver20/analytics/radiometry",
    "wsrf-rw": "http://docs.oasis-open.org/wsrf/rw-2",
    "ter": "http://www.onvif.org/ver10/error",
}
PREFIX = {uri: prefix for prefix, uri in NAMESPACES.items()}
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
_PARSER = {"resolve_entities": False, "no_network": True}
Element = Any


class Fault(Exception):
    def __init__(self, subcode: str, words: str, *, sender: bool = True, status: int = 400) -> None:
        super().__init__(words)
        self.subcode = subcode
        self.words = words
        self.sender = sender
        self.status = status

    def envelope(self) -> bytes:
        codes = "".join(f"<s:Subcode><s:Value>{code}</s:Value>" for code in self.subcode.split("/"))
        ends = "</s:Subcode>" * len(self.subcode.split("/"))
        return envelope(
            f"<s:Fault><s:Code><s:Value>s:{'Sender' if self.sender else 'Receiver'}</s:Value>{codes}{ends}</s:Code>"
            f'<s:Reason><s:Text xml:lang="en">{escape(self.words)}</s:Text></s:Reason></s:Fault>'
        )


class Request(NamedTuple):
    """One call: the prefix of its service, its name, its element, its header."""

    service: str
    name: str
    body: Element
    header: Element | None

    def text(self, path: str, default: str = "") -> str:
        """Text of an element below, by a path of prefixed names."""
        found = self.body.findtext(path, namespaces=NAMESPACES)
        return default if found is None else str(found).strip()

    def find(self, path: str) -> Element | None:
        return self.body.find(path, namespaces=NAMESPACES)


def read(raw: bytes) -> Request:
    try:
        root = etree.fromstring(raw, etree.XMLParser(**_PARSER))
        body = root.find("s:Body", NAMESPACES)[0]
    except (etree.XMLSyntaxError, TypeError, IndexError) as error:
        raise Fault("ter:WellFormed", "not a SOAP envelope") from error
    name = etree.QName(body)
    service = PREFIX.get(name.namespace or "", "")
    return Request(service, name.localname, body, root.find("s:Header", NAMESPACES))


def envelope(body: str, header: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope {_DECLARED}>'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()
