"""The first cameras of the demonstration are drawn domes: they show the place when aimed by their record alone."""

from __future__ import annotations

import pytest

from alerts.models import Site
from cameras.models import Camera, Device, Preset
from cameras.steering import aim
from footage.models import Source
from footage.scenes.letters import row_of
from nice_supervision.demo import drawn_domes, first
from nice_supervision.demo.domes import marks
from nice_supervision.demo.domes.device import WIDTH
from nice_supervision.demo.domes.head import Counts
from nice_supervision.demo.domes.picture import Painter
from places.geometry import angle_between_deg, bearing_deg
from tests.cameras.estate import PLACE, camera, dome
from tests.cast import school


def test_those_of_the_story_look_where_their_record_says_and_give_way_to_streets(db: None) -> None:
    school(at=PLACE, exercise=True)
    dome("C885", from_place=(200, 80), height_m=7, range_m=120)
    dome("C412", from_place=(20, 40), height_m=6, range_m=120)
    camera("FIX-1", from_place=(100, 20))
    story = Preset.objects.create(
        camera=Camera.objects.get(code="C885"), number=1, name="School", site_codes=["ECO-012"]
    )
    cameras = first.domes(4)
    assert [one.code for one in cameras] == ["C885", "C412"], "those with a preset first; what is fixed never"
    assert story.camera == cameras[0]
    place = Site.objects.get(code="ECO-012").point
    one = next(camera for camera in cameras if camera.code == "C885")
    drawn = drawn_domes.dome_of(one, "demo", "x")
    pan, tilt = aim.Head().counts(aim.pose_for(one, place))
    bearing, down = drawn.head.direction(Counts(pan, tilt, 0))
    assert abs(angle_between_deg(bearing, bearing_deg(one.point, place))) < 0.01
    red = drawn_domes.marks(one)["ECO-012"]
    assert (red[0], red[1]) == pytest.approx((bearing, down), abs=0.1)
    drawn_domes.lead_to(cameras, http_port=8101, rtsp_port=8555, user="demo", password="x")
    assert {device.camera_id for device in Device.objects.all()} == {camera.pk for camera in cameras}
    assert Source.objects.filter(url__startswith="rtsp://127.0.0.1:8555/").count() == 2
    drawn_domes.lead_to(cameras[:1], http_port=8102, rtsp_port=8556, user="demo", password="y")
    assert [device.url for device in Device.objects.all()] == [
        f"http://127.0.0.1:8102/{cameras[0].code}/onvif/device_service"
    ]
    back = Source.objects.filter(camera=cameras[1]).first()
    assert back is None or back.kind == Source.Kind.SCENE


def test_name_and_true_time_stand_under_the_picture_as_under_a_street(db: None) -> None:
    drawn = drawn_domes.dome_of(dome("C885", height_m=7, range_m=120), "demo", "x")
    painter = Painter(drawn)
    for _again in range(20):
        before, picture, after = drawn.clock(), painter.picture(), drawn.clock()
        if before.second == after.second:
            break
    shown = row_of(WIDTH, drawn.label, after.astimezone().strftime("%d/%m/%Y %H:%M:%S"))
    assert [bytes(line[:, 0]) for line in picture[-len(shown) :]] == shown
    assert marks.read(picture) is None, "what machines read is for tests"
