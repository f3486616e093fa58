"""A tile content with a still: a whole picture now and then, word that nothing moves, all of it when it does."""

from __future__ import annotations

import orjson
import pytest

from footage import watching
from footage.live import MAIN, Message
from footage.watching import Part, Stream, Viewer
from tests.footage import streams
from tests.footage.live import Frame, parts_of


class Camera:
    """Fragments as `run_cameras` sends them: a key frame every second."""

    def __init__(self, clips: streams.Clips) -> None:
        self.init, self.fragments = parts_of(clips)
        self.stream = Stream((1, MAIN))
        self.number = 0
        self.stream.hear(Message(1, 0, 0, 0, key=False, init=True, data=self.init.data))

    def sends(self, moves: str) -> None:
        """One fragment for each letter: "M" something moves, "." nothing does."""
        for letter in moves:
            self.number += 1
            one = self.fragments[(self.number - 1) % len(self.fragments)]
            self.stream.hear(
                Message(
                    *(1, self.number, self.number * 500_000, 500),
                    key=one.key,
                    init=False,
                    data=one.data,
                    moves=letter == "M",
                )
            )


def looks(camera: Camera, *, smart: bool = True) -> Viewer:
    viewer = Viewer(limit=100, smart=smart)
    camera.stream.join(viewer)
    return viewer


async def got(viewer: Viewer) -> list[str | int]:
    """What was sent since: kinds of words, numbers of fragments."""
    found: list[str | int] = []
    while viewer._waiting:
        found.append(_said(await viewer.next()))
    return [one for one in found if one not in ("start", 0)]


def _said(part: Part) -> str | int:
    return orjson.loads(part.text)["type"] if part.text else Frame.of(part.pieces[0]).number


@pytest.fixture
def camera(clips: streams.Clips, monkeypatch: pytest.MonkeyPatch) -> Camera:
    monkeypatch.setattr(watching, "WORD_S", 0)
    return Camera(clips)


async def test_it_rests_on_a_whole_picture_and_misses_nothing_when_it_wakes(camera: Camera) -> None:
    smart, plain = looks(camera), looks(camera, smart=False)
    camera.sends("MM...MM")
    assert await got(smart) == [1, 2, 3, "still", "moves", 5, 6, 7]
    assert await got(plain) == [1, 2, 3, 4, 5, 6, 7]


async def test_it_is_not_put_to_rest_between_two_whole_pictures(camera: Camera) -> None:
    viewer = looks(camera)
    camera.sends("M...")
    assert await got(viewer) == [1, 2, 3, "still"], (
        "the second fragment is no whole picture: sent all the same"
    )


async def test_a_still_is_not_older_than_ten_seconds(camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = looks(camera)
    camera.sends("....")
    assert await got(viewer) == [1, "still"]
    monkeypatch.setattr(watching, "STILL_S", 0)
    camera.sends("..")
    assert await got(viewer) == [5, "still"]


async def test_a_newcomer_to_a_quiet_street_gets_one_picture(camera: Camera) -> None:
    camera.sends("MM..")
    assert await got(looks(camera)) == [3, "still"]
    assert await got(looks(camera, smart=False)) == [3, 4]


async def test_told_to_stay_live_it_is_so_at_once(camera: Camera) -> None:
    viewer = looks(camera)
    camera.sends("....")
    await got(viewer)
    camera.stream.mind(viewer, smart=False)
    camera.sends(".")
    assert await got(viewer) == ["moves", 3, 4, 5]


async def test_words_do_not_heap_up_for_who_does_not_read(camera: Camera) -> None:
    viewer = looks(camera)
    camera.sends("." * 40)
    assert await got(viewer) == [1, "still"]


async def test_a_camera_lost_while_it_rests_is_said_lost(
    camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOST_S", 0)
    viewer = looks(camera)
    camera.sends("..")
    camera.stream.turn()
    assert await got(viewer) == [1, "still", "lost"]
    camera.sends("..")
    assert await got(viewer) == ["still"], "and word that it is back"
