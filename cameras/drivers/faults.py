"""What a device, or the way to it, can answer instead of doing what it was asked: one DriverError for each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from lxml.etree import LxmlError
from onvif.exceptions import ONVIFAuthError, ONVIFError, ONVIFTimeoutError
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault, TransportError

from cameras.drivers.base import DriverError, NotSupported, Refused, TooSlow, Unreachable, WrongPassword

# Parts of SOAP subcodes and reasons, as makers write them.
NOT_KNOWN = ("notauthorized", "failedauthentication", "invalidsecurity", "not authorized", "unauthorized")
CANNOT = ("notsupported", "not supported", "notimplemented", "not implemented", "nosuchservice", "optional")


@asynccontextmanager
async def answering(within_s: float) -> AsyncIterator[None]:
    """Turns whatever goes wrong inside into a DriverError; longer than `within_s` is TooSlow."""
    try:
        async with asyncio.timeout(within_s):
            yield
    except DriverError:
        raise
    except (TimeoutError, ONVIFTimeoutError) as error:
        raise TooSlow(f"{within_s:g}") from error
    except Fault as fault:
        raise of_fault(fault) from fault
    except TransportError as error:
        raise of_status(error.status_code) from error
    except ONVIFAuthError as error:
        raise WrongPassword from error
    except ONVIFError as error:
        raise of_words(str(error)) from error
    except (aiohttp.ClientError, OSError) as error:
        raise Unreachable(type(error).__name__) from error
    except (ZeepError, LxmlError, AttributeError, KeyError, TypeError, ValueError) as error:
        # An answer that is no SOAP, or lacks what the standard puts there.
        raise Refused(f"unreadable answer ({type(error).__name__})") from error


def of_fault(fault: Fault) -> DriverError:
    codes = " ".join(str(code) for code in fault.subcodes or [])
    return of_words(f"{codes} {fault.message}", said=str(fault.message))


def of_words(words: str, *, said: str = "") -> DriverError:
    low = words.lower()
    if any(part in low for part in NOT_KNOWN):
        return WrongPassword()
    if any(part in low for part in CANNOT) or "support service" in low:
        return NotSupported(said or words)
    return Refused((said or words)[:200])


def of_status(status: int | None) -> DriverError:
    if status in (401, 403):
        return WrongPassword()
    if status in (404, 405):
        return NotSupported(f"HTTP {status}")
    return Unreachable(f"HTTP {status}")
