"""The WebSocket of a live picture: one subscription for all, nobody slows the others, a lost right cuts (L-07)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from accounts.models import Habilitation
from accounts.roles import Role
from footage import consumers, watching
from footage.boxes import InitSegment
from footage.live import Message, watch_key
from footage.models import Source
from nice_supervision.asgi import application
from tests.cast import camera, habilitated, person
from tests.footage import streams
from tests.footage.live import Desk, FakeCamera, Frame, parts_of, player

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def _desk() -> tuple[Desk, int]:
    user = person(Role.OPERATOR)
    habilitated(user)
    made = camera("X001", exercise=True)
    Source.objects.create(camera=made, kind="scene", url="avenue", sub_url="avenue")
    return Desk(user), made.pk


class Cast:
    def __init__(self, desk: Desk, eye: FakeCamera) -> None:
        self.desk, self.eye = desk, eye

    async def token(self) -> str:
        return await sync_to_async(self.desk.token)("X001")

    async def player(self, stack: AsyncExitStack, **options: Any):  # type: ignore[no-untyped-def]
        return await stack.enter_async_context(
            player("X001", await self.token(), self.desk.cookie, **options)
        )


@pytest_asyncio.fixture
async def cast(transactional_db: None, clips: streams.Clips) -> AsyncIterator[Cast]:
    desk, pk = await _desk()
    eye = FakeCamera(pk, *parts_of(clips))
    await eye.client.delete(watch_key(pk, "main"))
    yield Cast(desk, eye)
    await eye.client.aclose()


async def test_start_beginning_and_fragments_from_a_key_frame(cast: Cast) -> None:
    async with AsyncExitStack() as stack:
        one = await cast.player(stack)
        await cast.eye.until_subscribed()
        await cast.eye.begin()
        start = await one.until("start")
        assert start["mime"] == cast.eye.init.mime
        assert (start["width"], start["height"], start["note"]) == (640, 360, "")
        beginning = await one.frame()
        assert (beginning.data, beginning.flags) == (cast.eye.init.data, 2)
        sent = [await cast.eye.fragment() for _ in range(3)]
        got = [await one.frame() for _ in range(3)]
        assert [frame.data for frame in got] == [fragment.data for fragment in sent]
        assert got[0].flags & 1
        assert 0 <= got[0].starts_ms - beginning.starts_ms < 5000


async def test_whoever_looks_is_asked_for_and_when_nobody_does_it_stops(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "WATCH_S", 1)
    monkeypatch.setattr(watching, "RENEW_S", 0.3)
    async with cast.eye.hears_nudges() as nudges, AsyncExitStack() as stack:
        await cast.player(stack)
        await cast.eye.until_subscribed()
        await asyncio.sleep(1.6)
        assert await cast.eye.watched(), "renewed while somebody looks"
        assert nudges == [f"{cast.eye.camera_id}:main"]
    assert await cast.eye.subscribers() == 0
    await asyncio.sleep(1.1)
    assert not await cast.eye.watched()


async def test_thirty_viewers_are_one_subscription(cast: Cast) -> None:
    async with AsyncExitStack() as stack:
        players = [await cast.player(stack) for _ in range(30)]
        await cast.eye.until_subscribed(1)
        await cast.eye.begin()
        sent = [await cast.eye.fragment() for _ in range(2)]
        for one in players:
            assert (await one.frame()).flags == 2
            assert [(await one.frame()).data for _ in range(2)] == [fragment.data for fragment in sent]
        assert await cast.eye.subscribers() == 1


async def test_a_newcomer_gets_the_group_under_way(cast: Cast) -> None:
    async with AsyncExitStack() as stack:
        await cast.player(stack)
        await cast.eye.until_subscribed()
        await cast.eye.begin()
        sent = [await cast.eye.fragment() for _ in range(4)]
        await asyncio.sleep(0.1)
        group = sent[max(n for n, one in enumerate(sent) if one.key) :]
        late = await cast.player(stack)
        await late.until("start")
        await late.frame()
        assert [(await late.frame()).data for _ in group] == [fragment.data for fragment in group]


async def test_a_slow_viewer_goes_on_at_a_key_frame_and_slows_nobody(cast: Cast) -> None:
    async with AsyncExitStack() as stack:
        slow, quick = await cast.player(stack), await cast.player(stack)
        await cast.eye.until_subscribed()
        await cast.eye.begin()
        await quick.frame()
        for _ in range(41):
            await cast.eye.fragment()
            await quick.frame(timeout=1)
        got: list[Frame] = []
        while True:
            try:
                part = await slow.next(timeout=0.3)
            except TimeoutError:
                break
            if isinstance(part, Frame) and not part.flags & 6:
                got.append(part)
        assert len(got) == consumers.WINDOW, "no more than its window while it says nothing"
    numbers = [frame.number for frame in got]
    assert numbers == list(range(1, consumers.WINDOW + 1))


async def test_what_waits_for_a_slow_viewer_is_dropped_up_to_a_key_frame() -> None:
    viewer = watching.Viewer(limit=4)
    for n in range(11):
        viewer.offer(watching.Part(pieces=(bytes([n]),), key=n % 3 == 0, fragment=True))
    got = []
    while viewer._waiting:
        got.append((await viewer.next()).pieces[0][0])
    assert got[0] % 3 == 0
    assert got == list(range(got[0], 11))
    assert viewer.dropped + len(got) == 11


async def test_a_hole_in_what_comes_waits_for_a_key_frame(cast: Cast) -> None:
    async with AsyncExitStack() as stack:
        one = await cast.player(stack)
        await cast.eye.until_subscribed()
        await cast.eye.begin()
        await one.frame()
        await cast.eye.fragment()
        await one.frame()
        assert not (await cast.eye.fragment(skip=2)).key
        assert (await cast.eye.fragment()).key
        got = await one.frame()
        assert (got.flags & 1, got.number) == (1, 5)


async def test_another_codec_is_another_start(cast: Cast, clips: streams.Clips) -> None:
    small, _ = parts_of(clips, "small")
    async with AsyncExitStack() as stack:
        one = await cast.player(stack)
        await cast.eye.until_subscribed()
        await cast.eye.begin(run=5)
        await one.until("start")
        await cast.eye.begin(run=6, init=small)
        again = await one.until("start")
        assert (again["width"], again["height"]) == (320, 180)


async def test_a_long_fragment_comes_in_pieces(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "PIECE", 1000)  # daphne passes 65,536 bytes, a key frame may be megabytes
    async with AsyncExitStack() as stack:
        one = await cast.player(stack)
        await cast.eye.until_subscribed()
        await cast.eye.begin()
        await one.frame()
        sent = await cast.eye.fragment()
        assert len(sent.data) > 2000
        assert (await one.frame()).data == sent.data


async def test_h265_is_said(cast: Cast, clips: streams.Clips) -> None:
    hevc, _ = parts_of(clips, "h265")
    assert isinstance(hevc, InitSegment)
    async with AsyncExitStack() as stack:
        one = await cast.player(stack)
        await cast.eye.until_subscribed()
        await cast.eye.begin(init=hevc)
        start = await one.until("start")
        assert start["note"] == "h265"
        assert "hev1" in str(start["mime"])


async def test_a_browser_without_h265_is_given_it_transcoded_or_told_why_not(
    cast: Cast, clips: streams.Clips
) -> None:
    hevc, _ = parts_of(clips, "h265")
    made = FakeCamera(cast.eye.camera_id, *parts_of(clips), quality="main-h264")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(made.client.aclose)
        able, unable = await cast.player(stack, h265=True), await cast.player(stack, h265=False)
        await cast.eye.until_subscribed()
        await cast.eye.begin(init=hevc)
        assert (await able.until("start"))["note"] == "h265"
        await made.until_subscribed()
        assert await made.watched(), "run_cameras is asked for it"
        full = Message(0, 0, 0, 0, key=False, init=False, data=b"transcodes-full", refused=True)
        await made.send(full)
        assert (await unable.until("unavailable"))["code"] == "transcodes-full"
        await made.begin()
        sent = await made.fragment()
        assert (await unable.until("start"))["note"] == "transcoded"
        await unable.frame()
        assert (await unable.frame()).data == sent.data
    assert await made.subscribers() == await cast.eye.subscribers() == 0


async def test_a_smart_viewer_is_told_that_nothing_moves_and_may_change_its_mind(cast: Cast) -> None:
    async with AsyncExitStack() as stack:
        one = await cast.player(stack, smart=True)
        await cast.eye.until_subscribed()
        await cast.eye.begin()
        await cast.eye.fragment(moves=False)
        await one.frame()
        assert (await one.frame()).flags & 1
        assert await one.until("still")
        await cast.eye.fragment(moves=False)
        await one.say(type="smart", on=False)
        await one.until("moves")
        assert (await one.frame()).number == 2


async def test_a_camera_that_falls_silent_is_said_lost(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOST_S", 0.5)
    async with AsyncExitStack() as stack:
        one = await cast.player(stack)
        await cast.eye.until_subscribed()
        await cast.eye.begin()
        await cast.eye.fragment()
        assert (await one.until("lost"))["since"]
        late = await cast.player(stack)
        assert (await late.until("lost"))["since"], "a newcomer is told, too"


async def test_a_withdrawn_right_cuts_at_the_next_renewal(cast: Cast) -> None:
    async with AsyncExitStack() as stack:
        one = await cast.player(stack)
        await cast.eye.until_subscribed()
        await one.say(type="renew")
        assert (await one.until("token"))["token"]
        await sync_to_async(Habilitation.objects.all().delete)()
        await one.say(type="renew")
        assert (await one.until("refused"))["code"] == "habilitation-missing"
        assert await one.closed() == consumers.NO_RIGHT
    assert await cast.eye.subscribers() == 0


async def test_a_token_nobody_renews_ends_the_picture(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legal.tokens.FRESH_S", 1.5)  # 60 in service
    async with AsyncExitStack() as stack:
        one = await cast.player(stack)
        assert await one.closed(timeout=4) == consumers.NO_RIGHT


async def test_no_token_no_picture(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "FIRST_WORD_S", 0.3)
    async with player("X001", None, cast.desk.cookie) as silent:
        assert await silent.closed() == consumers.SIGN_IN
    async with player("X001", "rubbish", cast.desk.cookie) as forger:
        assert (await forger.until("refused"))["code"] == "look-token"
        assert await forger.closed() == consumers.NO_RIGHT
    assert await cast.eye.subscribers() == 0


async def test_a_token_serves_one_session_and_one_camera(cast: Cast) -> None:
    token = await cast.token()

    @sync_to_async
    def another() -> str:
        user = person(Role.OPERATOR, "another")
        habilitated(user)
        made = camera("X002", exercise=True)
        Source.objects.create(camera=made, kind="scene", url="avenue")
        return Desk(user).cookie

    async with player("X001", token, await another()) as thief:
        assert (await thief.until("refused"))["code"] == "look-other-session"
    async with player("X002", token, cast.desk.cookie) as elsewhere:
        assert (await elsewhere.until("refused"))["code"] == "look-other"


async def test_another_origin_is_refused(cast: Cast) -> None:
    headers = [(b"origin", b"https://elsewhere.example"), (b"cookie", cast.desk.cookie.encode())]
    connected, _ = await WebsocketCommunicator(application, "/ws/live/X001/", headers=headers).connect()
    assert not connected


async def test_what_a_thermal_camera_measures_is_told_to_who_looks_and_to_who_comes_then(cast: Cast) -> None:
    async with AsyncExitStack() as stack:
        one = await cast.player(stack)
        await cast.eye.until_subscribed()
        await cast.eye.begin()
        await one.until("start")
        heat = b'{"type":"heat","celsius":61.3,"place":"Transformer","box":false,"at":1}'
        await cast.eye.send(Message(0, 0, 0, 0, key=False, init=False, data=heat, said=True))
        assert (await one.until("heat"))["celsius"] == 61.3
        await cast.eye.fragment()
        assert (await one.frame()).number == 1, "the pictures go on as if nothing had been said"
        await cast.eye.send(Message(0, 0, 0, 0, key=False, init=False, data=b"no sentence", said=True))
        late = await cast.player(stack)
        assert (await late.until("heat"))["place"] == "Transformer"
