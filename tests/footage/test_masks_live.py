"""Who looks while a mask is changed sees nothing more of it (L-03): asked again at once, not at the next renewal."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async

from accounts.roles import Role
from cameras.masks.actions import draw_mask
from cameras.models import Camera
from footage.masking.telling import ask_again
from footage.models import Source
from tests.cast import camera, habilitated, person
from tests.footage import streams
from tests.footage.live import Desk, FakeCamera, parts_of, player

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def _scene() -> tuple[Desk, Camera, str]:
    user = person(Role.OPERATOR)
    habilitated(user)
    made = camera("X001", exercise=True, kind="fixed")
    Source.objects.create(camera=made, kind="scene", url="avenue", sub_url="avenue")
    desk = Desk(user)
    return desk, made, desk.token("X001")


@sync_to_async
def _masked(eye: Camera) -> None:
    draw_mask(camera=eye, preset=None, polygons=[[[0, 0], [1, 0], [1, 1]]], actor=None)
    ask_again(eye.pk)


async def test_a_new_mask_cuts_who_looks_at_once(clips: streams.Clips) -> None:
    desk, eye, token = await _scene()
    sending = FakeCamera(eye.pk, *parts_of(clips))
    async with player("X001", token, desk.cookie) as one:
        await sending.until_subscribed()
        await sending.begin(run=7)
        await sending.fragment()
        assert (await one.frame()).flags & 2
        await one.frame()
        await sync_to_async(ask_again)(eye.pk)
        assert (await one.until("token"))["token"], "nothing changed for this one: it looks on"
        await sending.fragment()
        await one.frame()
        await _masked(eye)
        assert (await one.until("refused"))["code"] == "masks-unchecked"
        assert await one.closed() == 4403
    await sending.client.aclose()
