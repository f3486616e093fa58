"""An ONVIF device at the very address somebody wrote down, and nowhere else."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, DigestAuthMiddleware
from onvif import ONVIFCamera
from onvif.client import ONVIFService, _cached_document
from onvif.exceptions import ONVIFAuthError
from onvif.util import create_no_verify_ssl_context

from cameras.drivers.base import Address

# Longer than between two looks at how it is (conversations.py): a head that is to turn need not be dialled first.
KEPT_S = 75.0
_UNVERIFIED = create_no_verify_ssl_context()
# Half a second of work each, once in a process: the library would do it once for every device that is begun meanwhile.
_READER, _READ = ThreadPoolExecutor(1, "wsdl"), dict[str, Future[None]]()


class Asked(ONVIFCamera):  # type: ignore[misc]
    """At the very address it was given: the library knows one path only."""

    def __init__(self, address: Address) -> None:
        parts = urlsplit(address.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = f"{parts.scheme}://{parts.hostname}"
        # Its cache is for WSDL alone, and those are read here.
        super().__init__(
            host, port, address.user or None, address.password or None, no_cache=True, nat_override=False
        )
        self._url = address.url
        self._knock = Knock(address)

    def line(self) -> aiohttp.ClientSession:
        """Connections that stay: the library gives its own up after 4 s. How long to wait is for who calls to say."""
        connector = aiohttp.TCPConnector(ssl=_UNVERIFIED, keepalive_timeout=KEPT_S)
        timeout = aiohttp.ClientTimeout(total=None)
        return aiohttp.ClientSession(connector=connector, timeout=timeout, middlewares=(self._knock,))

    async def create_onvif_service(self, name: str, *args: Any, **more: Any) -> ONVIFService:
        """Cancelled while it reads a WSDL, the library would leave the session it has made open for ever."""
        await _read(self.get_definition(name.lower(), *args)[1])
        service = await super().create_onvif_service(name, *args, **more)
        service.transport.session._middlewares = (self._knock,)  # the library takes none
        return service

    def get_definition(self, name: str, port_type: str | None = None) -> tuple[str, str, str]:
        xaddr, wsdl, binding = super().get_definition(name, port_type)
        return (self._url if name == "devicemgmt" else xaddr), wsdl, binding

    def rewrite_url(self, url: str | None) -> str | None:
        """What it tells of itself, at the host that was asked: passwords go to no other."""
        return url and at_host(url, self._url)


async def _read(wsdl: str) -> None:
    reading = _READ.get(wsdl)
    if reading is None or (reading.done() and reading.exception()):
        reading = _READ[wsdl] = _READER.submit(lambda: asyncio.run(_keep(wsdl)))
    await asyncio.shield(asyncio.wrap_future(reading))


async def _keep(wsdl: str) -> None:
    await _cached_document(wsdl)


class Knock:
    """Answers a device that asks for HTTP digest; the library signs by WS-Security, which some do not know.

    A closed door with a page behind it, not SOAP, is a wrong password; the library would try to read the page.
    """

    def __init__(self, address: Address) -> None:
        self._digest = DigestAuthMiddleware(address.user, address.password) if address.user else None

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        answer = await (self._digest(request, handler) if self._digest else handler(request))
        if answer.status == 401 and "xml" not in answer.content_type:
            answer.release()
            raise ONVIFAuthError("HTTP 401")
        return answer


def at_host(url: str, asked: str, *, keep_port: bool = False) -> str:
    """The same address at the host (and port) that was asked, without user name and password."""
    parts, given = urlsplit(url), urlsplit(asked)
    host = given.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port if keep_port else given.port
    return urlunsplit(parts._replace(netloc=f"{host}:{port}" if port else host))
