"""No dwelling is seen (L-03): a camera is shown once somebody has looked, and until something changes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cameras.actions import change_camera, move_camera, save_preset
from cameras.masks.actions import check_mask, choose_masking, deliver, delivered, draw_mask, withdraw_check
from cameras.masks.standing import WHOLE, burnt_in, standings
from cameras.models import (
    Camera,
    CameraLock,
    CameraPosition,
    MaskCheck,
    MaskOrder,
    Preset,
    PrivacyMask,
    SteeringOrder,
)
from doors.problems import Refused
from events.models import Event
from footage.actions import set_source
from footage.extraction.actions import ask_extraction
from footage.models import Source
from footage.replay.actions import open_recordings
from footage.showing import looked
from legal.models import Consultation
from legal.why import Period
from tests.cast import camera, habilitated, person
from tests.footage.live import Desk
from tests.footage.recorded import officer
from tests.footage.streams import Clips

pytestmark = pytest.mark.django_db(transaction=True)
WINDOW = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.5], [0.1, 0.5]]


@pytest.fixture
def eye() -> Camera:
    """In service, drawn by nobody, checked by nobody."""
    made = camera("X001", exercise=True, kind="fixed", masks_checked=False)
    CameraPosition.of(made).save()
    Source.objects.create(camera=made, kind="file", url="street.mp4")
    return made


@pytest.fixture
def desk() -> Desk:
    user = person(Role.OPERATOR)
    habilitated(user)
    return Desk(user)


def refusal(desk: Desk, kind: str = "live") -> str:
    answer = desk.post("", cameras=["X001"], kind=kind, reason={"kind": "watch"})
    return "" if answer.status_code == 201 else str(answer.json()["code"])


def seen_to_be_fine(eye: Camera, preset: Preset | None = None) -> MaskCheck:
    result = "masked" if eye.masks.filter(preset=preset).exclude(digest="").exists() else "nothing"
    return check_mask(camera=eye, preset=preset, result=result, seen=None, actor=None)


@pytest.mark.parametrize("kind", ["live", "still"])
def test_a_camera_nobody_checked_is_refused_before_anything_is_written(
    eye: Camera, desk: Desk, kind: str
) -> None:
    assert refusal(desk, kind) == "masks-unchecked"
    assert not Consultation.objects.exists()
    seen_to_be_fine(eye)
    assert refusal(desk, kind) == ""


def test_a_new_mask_takes_the_picture_away_from_who_looks_until_it_is_checked(
    eye: Camera, desk: Desk
) -> None:
    seen_to_be_fine(eye)
    token = desk.token("X001")
    draw_mask(camera=eye, preset=None, polygons=[WINDOW], actor=None)
    answer = desk.post("renew/", tokens=[token]).json()
    assert [why["code"] for why in answer["refused"]] == ["masks-unchecked"]
    assert "the mask was changed" in answer["refused"][0]["detail"]
    assert refusal(desk) == "masks-unchecked"
    with pytest.raises(Refused):
        check_mask(camera=eye, preset=None, result="nothing", seen=None, actor=None)
    seen_to_be_fine(eye)
    assert refusal(desk) == ""


def turned(eye: Camera) -> None:
    change_camera(camera=eye, actor=None, tilt_deg=-12)


def moved(eye: Camera) -> None:
    move_camera(camera=eye, lat=eye.lat + 0.001, lon=eye.lon, actor=None)


def zoomed(eye: Camera) -> None:
    change_camera(camera=eye, actor=None, hfov_deg=30)


def taken_from_elsewhere(eye: Camera) -> None:
    set_source(camera=eye, kind="rtsp", url="rtsp://10.0.0.9/1", actor=None)


def withdrawn(eye: Camera) -> None:
    withdraw_check(camera=eye, actor=None)


@pytest.mark.parametrize("change", [turned, moved, zoomed, taken_from_elsewhere, withdrawn])
def test_what_was_checked_ends_with_what_was_seen(eye: Camera, change: object) -> None:
    seen_to_be_fine(eye)
    assert standings([eye])[eye.pk].shown
    change(eye)  # type: ignore[operator]
    standing = standings([eye])[eye.pk]
    assert (standing.shown, standing.why) == (False, "stale")
    assert Event.objects.filter(kind="cameras.mask_check_ended").count() == 1


def test_another_name_ends_nothing(eye: Camera) -> None:
    seen_to_be_fine(eye)
    change_camera(camera=eye, actor=None, name="Square, north side", objective="The square")
    assert standings([eye])[eye.pk].shown


def test_a_picture_of_another_shape_is_to_be_checked_again(eye: Camera) -> None:
    from footage.index import write_row
    from tests.footage.test_masks_ingest import told

    seen_to_be_fine(eye)
    MaskCheck.objects.update(still_width=1280, still_height=720)
    write_row(told(eye, 1920, 1080), "n", "open")
    assert standings([eye])[eye.pk].shown, "the same shape, finer"
    write_row(told(eye, 1600, 1200), "n", "open")
    assert standings([eye])[eye.pk].ended == "picture"


@pytest.mark.parametrize(
    "areas",
    [
        [[[0, 0], [1, 0]]],
        [[[0, 0], [1.2, 0], [1, 1]]],
        [[[0, 0], [0.5, 0.5], [1, 1]]],
        [[["x", 0], [0, 1], [1, 1]]],
        [[[float("nan"), 0], [0, 1], [1, 1]]],
        {"a": 1},
        [WINDOW] * 25,
    ],
)
def test_what_is_no_mask_is_refused(eye: Camera, areas: object) -> None:
    with pytest.raises(Refused):
        draw_mask(camera=eye, preset=None, polygons=areas, actor=None)


# Recordings


def minutes(ago: float, lasting: float) -> Period:
    start = timezone.now() - dt.timedelta(minutes=ago)
    return Period(start, start + dt.timedelta(minutes=lasting))


def test_minutes_nobody_had_checked_are_not_replayed_and_a_magistrate_gets_them(eye: Camera) -> None:
    check = seen_to_be_fine(eye)
    now = timezone.now()
    MaskCheck.objects.update(holds_from=now - dt.timedelta(minutes=60))
    check.refresh_from_db()
    MaskCheck.objects.update(ended_at=now - dt.timedelta(minutes=30), ended_why="moved")
    MaskCheck.objects.create(camera=eye, result="nothing", holds_from=now - dt.timedelta(minutes=20))
    who = officer()

    def replay(period: Period) -> str:
        session = Desk(who).client.session.session_key or ""
        case = {"reason": "requisition", "reference": "PV 1"}
        opened = open_recordings(actor=who, codes=["X001"], period=period, session_key=session, **case)
        return next((why.code for why in opened.refused.values()), "")

    assert replay(minutes(50, 10)) == ""
    assert replay(minutes(10, 5)) == ""
    for unchecked in (minutes(28, 4), minutes(35, 20), minutes(70, 20)):
        assert replay(unchecked) == "masks-unchecked"

    def ask(reason: str, ground: str) -> None:
        start, end = minutes(28, 4)
        ask_extraction(
            actor=who, codes=["X001"], since=start, until=end, reason=reason, ground=ground, reference="PV 1"
        )

    with pytest.raises(Refused) as refused:
        ask("access_request", "csi_l253_5")
    assert refused.value.code == "masks-unchecked"
    ask("requisition", "cpp_60_1")


def test_a_withdrawn_check_counts_for_no_minute(eye: Camera) -> None:
    seen_to_be_fine(eye)
    MaskCheck.objects.update(holds_from=timezone.now() - dt.timedelta(hours=1))
    withdraw_check(camera=eye, actor=None)
    [known] = looked([eye])
    assert known.masked.then == ()


# What a camera is owed


def test_a_camera_that_masks_is_sent_each_mask_once(eye: Camera) -> None:
    draw_mask(camera=eye, preset=None, polygons=[WINDOW], actor=None)
    assert burnt_in([eye]) == {eye.pk: (tuple(map(tuple, WINDOW)),)}
    assert not MaskOrder.objects.exists()
    choose_masking(camera=eye, by="camera", actor=None)
    assert burnt_in([eye]) == {}, "the centre burns nothing"
    (order,) = MaskOrder.objects.owed()
    assert order.polygons == [WINDOW]
    assert deliver(eye) == []
    draw_mask(camera=eye, preset=None, polygons=[WINDOW, WINDOW], actor=None)
    (newer,) = MaskOrder.objects.owed()
    delivered(order=order)  # too late: another took its place
    assert list(MaskOrder.objects.order_by("pk").values_list("state", flat=True)) == ["superseded", "ordered"]
    delivered(order=newer, trouble="The device knows no masks.")
    assert MaskOrder.objects.get(pk=newer.pk).state == "failed"
    assert len(deliver(eye)) == 1, "what failed is owed again"
    choose_masking(camera=eye, by="ingest", actor=None)
    assert not MaskOrder.objects.owed().exists()


# Domes


@pytest.fixture
def dome() -> Camera:
    made = camera("X001", exercise=True, masks_checked=False)
    Source.objects.create(camera=made, kind="file", url="street.mp4")
    return made


def preset_of(dome: Camera, number: int = 1) -> Preset:
    return save_preset(camera=dome, number=number, actor=None, name=f"Corner {number}", pan_deg=10.0 * number)


def looks_at(dome: Camera, preset: Preset | None, state: str = "done") -> None:
    why = {"code": "sees", "params": {}}
    SteeringOrder.objects.create(
        camera=dome, cause=f"test:{SteeringOrder.objects.count()}", rank=1, lat=dome.lat, lon=dome.lon,
        preset=preset, bearing_deg=0, distance_m=1, density_px_m=1, why=why, state=state,
    )  # fmt: skip


def test_a_dome_is_black_while_it_turns_and_where_nobody_checked(dome: Camera) -> None:
    corner, other = preset_of(dome, 1), preset_of(dome, 2)
    draw_mask(camera=dome, preset=corner, polygons=[WINDOW], actor=None)
    seen_to_be_fine(dome, corner)
    looks_at(dome, corner)
    assert burnt_in([dome])[dome.pk] == (tuple(map(tuple, WINDOW)),)
    for preset, state in (
        (other, "ordered"),
        (other, "done"),
        (None, "done"),
        (corner, "sent"),
        (corner, "failed"),
    ):
        looks_at(dome, preset, state)
        assert burnt_in([dome])[dome.pk] == (WHOLE,)
    looks_at(dome, corner)
    CameraLock.objects.create(camera=dome, serial=3)
    SteeringOrder.objects.update(lock_serial=2)
    assert burnt_in([dome])[dome.pk] == (WHOLE,), "taken over by hand since"
    SteeringOrder.objects.update(lock_serial=3)
    assert burnt_in([dome])[dome.pk] != (WHOLE,)


def test_a_preset_turned_elsewhere_is_to_be_checked_again(dome: Camera) -> None:
    corner = preset_of(dome)
    draw_mask(camera=dome, preset=corner, polygons=[WINDOW], actor=None)
    seen_to_be_fine(dome, corner)
    looks_at(dome, corner)
    assert Preset.objects.get().mask_checked_on == timezone.localdate()
    save_preset(camera=dome, number=1, actor=None, tilt_deg=-5)
    assert Preset.objects.get().mask_checked_on is None
    assert burnt_in([dome])[dome.pk] == (WHOLE,)
    assert not standings([dome])[dome.pk].shown


def test_a_dome_with_nothing_to_mask_all_round_costs_nothing(dome: Camera) -> None:
    preset_of(dome)
    seen_to_be_fine(dome)
    looks_at(dome, None)
    assert burnt_in([dome]) == {}
    assert standings([dome])[dome.pk].shown


# The pages


@pytest.fixture
def keeper() -> User:
    user = person(Role.SUPERVISOR)
    habilitated(user)
    return user


def test_the_pages_are_for_who_keeps_the_estate(eye: Camera, desk: Desk) -> None:
    from accounts.models import RoleRule

    RoleRule.objects.update(totp_required=False)
    pages = [f"/admin/cameras/privacymask/{end}" for end in ("", f"of/{eye.pk}/", f"of/{eye.pk}/own/")]
    assert all(desk.client.get(page).status_code in (302, 403) for page in pages)
    assert desk.client.post(f"/admin/cameras/privacymask/of/{eye.pk}/look/").status_code in (302, 403)
    technician = Desk(person(Role.TECHNICIAN))
    assert all(technician.client.get(page).status_code == 200 for page in pages)
    answer = technician.client.post(f"/admin/cameras/privacymask/of/{eye.pk}/look/")
    assert answer.status_code == 403, "who keeps the estate without seeing images draws on none"
    assert not Consultation.objects.exists()


def test_who_calibrates_a_dome_takes_its_picture_from_nobody(keeper: User) -> None:
    """Where nothing is black it stays shown; where it would go dark for others, never one that somebody steers."""
    from accounts.models import RoleRule

    RoleRule.objects.update(totp_required=False)
    desk = Desk(keeper)
    dome = camera("X001", exercise=True, kind="dome", masks_checked=True)
    CameraPosition.of(dome).save()
    Source.objects.create(camera=dome, kind="file", url="street.mp4")
    look = f"/admin/cameras/privacymask/of/{dome.pk}/look/"
    assert desk.client.post(f"{look}?aims").status_code == 201
    assert Consultation.objects.get().reason_text.startswith("Landmarks")
    assert standings([dome])[dome.pk].shown, "operators go on seeing it"

    window = [[0.1, 0.1], [0.2, 0.1], [0.2, 0.2]]
    PrivacyMask.objects.create(camera=dome, polygons=[window], digest="drawn")
    until = timezone.now() + dt.timedelta(minutes=2)
    held = {"priority": 100, "holder": "incident:5", "label": "School", "taken_at": timezone.now()}
    CameraLock.objects.update_or_create(camera=dome, defaults={**held, "until": until})
    assert desk.client.post(f"{look}?aims").status_code == 409
    assert standings([dome])[dome.pk].shown
    CameraLock.objects.update(holder="", until=None, priority=0)
    assert desk.client.post(f"{look}?aims").status_code == 201
    assert standings([dome])[dome.pk].why == "drawing"


def test_drawing_is_a_look_written_before_and_opens_nothing_else(
    eye: Camera, keeper: User, clips: Clips
) -> None:
    from accounts.models import RoleRule

    RoleRule.objects.update(totp_required=False)
    desk = Desk(keeper)
    answer = desk.client.post(f"/admin/cameras/privacymask/of/{eye.pk}/look/")
    assert answer.status_code == 201, answer.content
    row = Consultation.objects.get()
    assert (row.kind, row.reason, row.camera_code) == ("still", "maintenance", "X001")
    assert refusal(desk) == "masks-unchecked", "not shown for that"
    page = f"/admin/cameras/privacymask/of/{eye.pk}/own/check/"
    assert desk.client.post(page, {"seen": "forged"}).status_code == 200
    assert not MaskCheck.objects.exists()
