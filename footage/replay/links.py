"""The two ways a player shows that it may: from a browser by its session, from elsewhere by a link of its own.

The token of a look stands in the path, because players cannot send headers. That is safe because it opens nothing
by itself: a browser must come with the session it was given to, so a copied address or a line of a log is of
no use to anybody else. A player without cookies (VLC, ffplay) gets a link that is signed anew for this single
use, serves ten minutes from its making and no longer, is for one camera and the minutes of its consultation,
and ends earlier with the look itself: two minutes after the last request, at the end of the session, of the
right, of the habilitation.
"""

from __future__ import annotations

from django.core import signing
from django.utils.translation import gettext as _

from legal.looks import Grant, check_look
from legal.models import Consultation
from legal.tokens import Claim, LookRefused, read

SALT = "footage.player"
LINK_S = 600


def link(token: str, *, session_key: str, camera_code: str) -> str:
    """A link for a player outside the browser, from a look that is open in this session."""
    playback(token)
    granted(token, camera_code=camera_code, session_key=session_key)
    return signing.TimestampSigner(salt=SALT).sign_object(token)


def granted(token: str, *, camera_code: str, session_key: str) -> Grant:
    """What a browser may have. Raises LookRefused, or the Refused that says what is missing by now."""
    claim = read(token)
    if claim.kind != Consultation.Kind.PREROLL:
        return check_look(
            token, camera_code=camera_code, kind=Consultation.Kind.PLAYBACK, session_key=session_key
        )
    if not claim.is_fresh:
        raise LookRefused(
            _("The moments before an alert are given for one minute."),
            what_to_do=_("Open them again from the incident."),
            code="preroll-over",
        )
    return check_look(token, camera_code=camera_code, kind=claim.kind, session_key=session_key)


def playback(token: str) -> Claim:
    """The claim of a look at recordings. The moments before an alert are neither renewed nor given to players."""
    claim = read(token)
    if claim.kind != Consultation.Kind.PLAYBACK:
        raise LookRefused(
            _("This token is for another camera or another kind of look."),
            what_to_do=_("Open a look at this camera."),
            code="look-other",
        )
    return claim


def granted_by_link(signed: str, *, camera_code: str) -> Grant:
    """What a player without a session may have."""
    try:
        token: str = signing.TimestampSigner(salt=SALT).unsign_object(signed, max_age=LINK_S)
    except signing.SignatureExpired as error:
        raise LookRefused(
            _("This link served its ten minutes."),
            what_to_do=_("Make another one on the page of the recording."),
            code="link-over",
        ) from error
    except (signing.BadSignature, ValueError) as error:
        raise LookRefused(
            _("This link was not made by the centre."),
            what_to_do=_("Make one on the page of the recording."),
            code="link-bad",
        ) from error
    return check_look(token, camera_code=camera_code, kind=Consultation.Kind.PLAYBACK)
