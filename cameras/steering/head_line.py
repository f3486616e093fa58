"""A word with the head of a camera, from a page: asked over Redis, answered by the node that speaks to it."""

from __future__ import annotations

import secrets
import time
from typing import Any

import orjson
import redis
from django.conf import settings
from django.utils.translation import gettext as _

from cameras.models import Camera
from cameras.reasons import WORDS, Reason
from cameras.steering.hands import answered, asked
from doors.problems import Refused

ANSWER_S = 12.0


def ask(camera: Camera, do: str, **wish: Any) -> dict[str, Any]:
    """What it says: pan_deg, tilt_deg, zoom, moving; or its presets. Refused, in words, when it does not."""
    number = secrets.randbits(31)
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=ANSWER_S)
        heard = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        with client, heard:
            heard.subscribe(answered(camera.pk))
            heard.get_message(timeout=1)
            told = orjson.dumps({"do": do, "n": number, "hand": "desk", **wish})
            if not client.publish(asked(camera.pk), told):
                raise _refused(camera, "not_held")
            return _answer(camera, heard, number)
    except redis.RedisError as error:
        raise _refused(camera, "not_held") from error


def _answer(camera: Camera, heard: Any, number: int) -> dict[str, Any]:
    until = time.monotonic() + ANSWER_S
    while time.monotonic() < until:
        message = heard.get_message(timeout=1)
        if message is None:
            continue
        said: dict[str, Any] = orjson.loads(message["data"])
        if said["n"] != number:
            continue
        if not said["ok"]:
            raise _refused(camera, said.get("code", ""), said.get("detail", ""))
        return said
    raise _refused(camera, "too_slow")


def _refused(camera: Camera, code: str, said: str = "") -> Refused:
    why = Reason(code if code in WORDS else "refused", {"said": said or code})
    to_do = {
        "wrong_password": _("Write the user name and password of its head anew, on the page of its head."),
        "not_held": _("See that run_cameras runs for its share of the cameras."),
        "too_slow": _("Try again; a head that stays slow may need a restart, or less to do beside."),
        "no_device": _("Check the address of its head, and its port."),
        "refused": _("Turn it less far, or try again once it has come to rest."),
    }
    return Refused(
        _("%(camera)s: %(why)s.") % {"camera": camera.code, "why": why},
        what_to_do=to_do.get(
            why.code, _("Check the address of its head, the network, and that it has current.")
        ),
        status=503,
        code="head-silent",
    )
