"""RFC 3161 time-stamps: an authority outside says that these bytes existed by then. openssl asks and reads."""

from __future__ import annotations

import hashlib
import logging
import subprocess
import urllib.error
import urllib.request

from django.conf import settings
from django.utils import timezone

from legal import keys
from legal.models import ChainHead, HeadStamp

logger = logging.getLogger(__name__)
STAMP_S = 20
STAMP_AT_MOST = 1_000_000
AT_ONCE = 50


class StampError(Exception):
    """The authority does not answer, or not as it should."""


def stamp(content: bytes, url: str) -> bytes:
    """The authority's reply for these bytes. Raises StampError."""
    if not url.startswith(("https://", "http://")):
        raise StampError(f"{url} is no address of the web")
    query = _openssl("ts", "-query", "-data", "/dev/stdin", "-sha256", "-cert", given=content)
    request = urllib.request.Request(  # noqa: S310  # the scheme was checked
        url, data=query, headers={"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=STAMP_S) as answer:  # noqa: S310  # as above
            reply: bytes = answer.read(STAMP_AT_MOST)
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        raise StampError(f"the time-stamp authority does not answer: {error}") from error
    said = _openssl("ts", "-reply", "-in", "/dev/stdin", "-text", given=reply)
    if b"Status: Granted" not in said or hashlib.sha256(content).digest() not in reply:
        raise StampError("the time-stamp authority refused, or stamped something else")
    return reply


def stamp_heads() -> int:
    """Ask for the time-stamps that are owed, the oldest first. Slow and outside: never in a transaction."""
    url = settings.LEGAL_TSA_URL
    if not url:
        return 0
    done = 0
    for head in ChainHead.objects.filter(stamp=None).order_by("pk")[:AT_ONCE]:
        try:
            token = stamp(keys.content(head), url)
        except StampError:
            logger.exception("a head of the audit log has no time-stamp yet", extra={"head": head.pk})
            break
        # Race: two workers ask at once; the second finds the row there and leaves it.
        _row, new = HeadStamp.objects.get_or_create(
            head=head, defaults={"authority": url[:200], "token": token, "at": timezone.now()}
        )
        done += new
    return done


def _openssl(*arguments: str, given: bytes) -> bytes:
    try:
        done = subprocess.run(
            ["openssl", *arguments], input=given, capture_output=True, check=True, timeout=STAMP_S
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise StampError(f"openssl {arguments[0]} {arguments[1]} failed: {error}") from error
    return done.stdout
