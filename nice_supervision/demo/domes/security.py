"""Who may ask: WS-Security by digest (OASIS UsernameToken 1.0) for SOAP, HTTP digest (RFC 2617) for the rest."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections import deque
from datetime import UTC, datetime
from typing import Any

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
STALE_S = (
    5.0  # as strict as the strict ones: a signature older than this by the device's clock is worth nothing
)
REMEMBERED = 500
REALM = "dome"
_PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


class Door:
    def __init__(self, user: str, password: str) -> None:
        self.user = user
        self.password = password
        self._nonces: deque[str] = deque(maxlen=REMEMBERED)
        self._secret = secrets.token_hex(16)

    def refusal(self, header: Any, now: datetime) -> str | None:
        """Why this SOAP header is not let in; None when it is. `now` is the device's own clock."""
        token = None if header is None else header.find(f".//{{{WSSE}}}UsernameToken")
        if token is None:
            return "no UsernameToken"
        user = token.findtext(f"{{{WSSE}}}Username") or ""
        given = token.find(f"{{{WSSE}}}Password")
        nonce = token.findtext(f"{{{WSSE}}}Nonce") or ""
        created = token.findtext(f"{{{WSU}}}Created") or ""
        if given is None or not (given.get("Type") or "").endswith("#PasswordDigest"):
            return "password not as a digest"
        try:
            at = datetime.fromisoformat(created.replace("Z", "+00:00"))
            salt = base64.b64decode(nonce)
        except ValueError:
            return "unreadable token"
        if at.tzinfo is None or abs((now - at).total_seconds()) > STALE_S:
            return "stale token"
        if nonce in self._nonces:
            return "token used before"
        digest = hashlib.sha1(salt + created.encode() + self.password.encode()).digest()  # noqa: S324
        if user != self.user or not hmac.compare_digest(base64.b64encode(digest).decode(), given.text or ""):
            return "wrong user or password"
        self._nonces.append(nonce)
        return None

    def challenge(self) -> str:
        return f'Digest realm="{REALM}", nonce="{self._secret}"'

    def opens_for(self, authorization: str, method: str) -> bool:
        """Whether an Authorization header (HTTP or RTSP) knows the password."""
        if not authorization.lower().startswith("digest "):
            return False
        told = {name: quoted or bare for name, quoted, bare in _PAIR.findall(authorization)}
        one = _md5(f"{self.user}:{REALM}:{self.password}")
        two = _md5(f"{method}:{told.get('uri', '')}")
        if told.get("qop"):
            parts = (one, self._secret, told.get("nc", ""), told.get("cnonce", ""), told["qop"], two)
            wanted = _md5(":".join(parts))
        else:
            wanted = _md5(f"{one}:{self._secret}:{two}")
        known = told.get("username") == self.user and told.get("nonce") == self._secret
        return known and hmac.compare_digest(wanted, told.get("response", ""))


def utc(offset_s: float) -> datetime:
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() + offset_s, UTC)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
