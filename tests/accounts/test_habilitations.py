"""Law L-07 and L-08: no live habilitation, no image, and only of one's own cameras."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone, translation

from accounts import actions
from accounts.models import Habilitation, User
from accounts.rights import Right, require_image
from doors.problems import NotAllowed
from events.models import Event
from tests.accounts.conftest import Someone

TODAY = timezone.localdate
DAY = dt.timedelta(days=1)


def grant(user: User, *, actor: User | None = None, **fields: Any) -> Habilitation:
    values: dict[str, Any] = {
        "category": Habilitation.Category.MUNICIPAL_POLICE,
        "authority": "Préfecture",
        "act": "2026-17 du 3 mars 2026",
        "starts_on": TODAY() - 30 * DAY,
        "all_cameras": True,
    }
    return actions.grant_habilitation(actor=actor, user=user, **(values | fields))


def why_not(user: User, right: Right = Right.SEE_IMAGE, **where: str) -> NotAllowed:
    with pytest.raises(NotAllowed) as refusal, translation.override("en"):
        require_image(user, right, **where)
    return refusal.value


def test_l07_the_right_alone_shows_no_image(operator: User) -> None:
    assert operator.may(Right.SEE_IMAGE)
    assert why_not(operator).code == "habilitation-missing"


def test_l07_a_habilitation_alone_shows_no_image(someone: Someone) -> None:
    person = someone("technician")
    grant(person)
    assert why_not(person).extra == {"right": "see_image"}


def test_l07_both_together_show_it_and_name_the_act(operator: User) -> None:
    habilitation = grant(operator)
    assert require_image(operator, Right.SEE_IMAGE) == habilitation
    assert operator.live_habilitation() == habilitation


def test_l07_each_end_of_it_is_told_with_its_date(operator: User) -> None:
    future = grant(operator, starts_on=TODAY() + DAY)
    refusal = why_not(operator)
    assert refusal.code == "habilitation-not-begun"
    assert str(TODAY().year) in refusal.detail or str((TODAY() + DAY).year) in refusal.detail
    Habilitation.objects.filter(pk=future.pk).update(starts_on=TODAY() - 9 * DAY, ends_on=TODAY() - DAY)
    assert why_not(operator).code == "habilitation-ended"
    actions.withdraw_habilitation(actor=None, habilitation=future, why="Left the service")
    assert why_not(operator).code == "habilitation-withdrawn"


def test_the_last_day_is_included(operator: User) -> None:
    grant(operator, starts_on=TODAY(), ends_on=TODAY())
    assert require_image(operator, Right.SEE_IMAGE)


def test_l08_only_the_cameras_the_act_names(operator: User) -> None:
    grant(operator, all_cameras=False, camera_codes=["C885"], sector_codes=["north"])
    assert require_image(operator, Right.SEE_IMAGE, camera_code="C885", sector_code="south")
    assert require_image(operator, Right.SEE_IMAGE, camera_code="C1", sector_code="north")
    refusal = why_not(operator, camera_code="C1", sector_code="south")
    assert refusal.code == "habilitation-scope"
    assert "C1" in refusal.title


def test_l08_several_acts_add_up(operator: User) -> None:
    grant(operator, all_cameras=False, camera_codes=["C1"])
    second = grant(operator, all_cameras=False, camera_codes=["C2"])
    assert require_image(operator, Right.SEE_IMAGE, camera_code="C2") == second


def test_only_image_rights_are_asked_this_way(operator: User) -> None:
    with pytest.raises(ValueError, match="steer_camera"):
        require_image(operator, Right.STEER_CAMERA)


def test_an_act_without_a_scope_or_that_ends_before_it_begins_is_refused(operator: User) -> None:
    with pytest.raises(ValidationError):
        grant(operator, all_cameras=False)
    with pytest.raises(ValidationError):
        grant(operator, ends_on=TODAY() - 60 * DAY)
    assert not Habilitation.objects.exists()


def test_a_supervisor_records_it_and_nobody_their_own(
    supervisor: User, administrator: User, operator: User
) -> None:
    assert grant(operator, actor=supervisor).created_by == supervisor
    with pytest.raises(NotAllowed) as own:
        grant(supervisor, actor=supervisor)
    assert own.value.code == "own-habilitation"
    with pytest.raises(NotAllowed):
        grant(operator, actor=administrator)


def test_withdrawing_announces_it_once_without_a_name(supervisor: User, operator: User) -> None:
    habilitation = grant(operator)
    for _n in range(2):
        actions.withdraw_habilitation(actor=supervisor, habilitation=habilitation)
    facts = Event.objects.filter(kind="accounts.habilitation_withdrawn")
    assert [fact.data for fact in facts] == [{"habilitation_id": habilitation.pk, "user_id": operator.pk}]
    assert facts[0].actor == supervisor


def test_closing_an_account_withdraws_its_habilitations(administrator: User, operator: User) -> None:
    first, second = grant(operator), grant(operator, camera_codes=["C1"])
    actions.close_account(actor=administrator, user=operator)
    told = Event.objects.filter(kind="accounts.habilitation_withdrawn")
    assert {fact.data["habilitation_id"] for fact in told} == {first.pk, second.pk}
    assert not operator.live_habilitations()


def test_what_ends_within_sixty_days_is_listed(operator: User, someone: Someone) -> None:
    soon = grant(operator, ends_on=TODAY() + 60 * DAY)
    grant(someone(username="later"), ends_on=TODAY() + 61 * DAY)
    renewed = someone(username="renewed")
    grant(renewed, ends_on=TODAY() + 10 * DAY)
    grant(renewed, starts_on=TODAY() + 5 * DAY, ends_on=TODAY() + 400 * DAY)
    assert list(Habilitation.objects.expiring()) == [soon]


@pytest.fixture
def form() -> dict[str, object]:
    return {
        "category": "municipal_police",
        "authority": "Préfecture",
        "act": "2026-18",
        "starts_on": TODAY().isoformat(),
        "all_cameras": "on",
        "sector_codes": "",
        "camera_codes": "",
    }


def test_the_admin_records_and_withdraws(
    browser: Client, supervisor: User, operator: User, form: dict[str, object]
) -> None:
    browser.force_login(supervisor)
    browser.post("/admin/accounts/habilitation/add/", form | {"user": operator.pk})
    habilitation = Habilitation.objects.get(user=operator)
    assert habilitation.created_by == supervisor
    assert (
        "Withdraw" in browser.get(f"/admin/accounts/habilitation/{habilitation.pk}/change/").content.decode()
    )
    browser.post(f"/admin/accounts/habilitation/{habilitation.pk}/withdraw/", {"why": "Left the service"})
    habilitation.refresh_from_db()
    assert habilitation.withdrawn_why == "Left the service"


def test_the_admin_says_no_to_ones_own(browser: Client, supervisor: User, form: dict[str, object]) -> None:
    browser.force_login(supervisor)
    answer = browser.post("/admin/accounts/habilitation/add/", form | {"user": supervisor.pk}, follow=True)
    assert "Nobody records their own habilitation" in answer.content.decode()
    assert not Habilitation.objects.exists()


def test_w01_a_superuser_records_no_habilitation(
    browser: Client, operator: User, form: dict[str, object]
) -> None:
    browser.force_login(User.objects.create_superuser("root", password="x"))
    assert browser.post("/admin/accounts/habilitation/add/", form | {"user": operator.pk}).status_code == 403


def test_the_admin_warns_of_what_ends_soon(browser: Client, supervisor: User, operator: User) -> None:
    grant(operator, ends_on=TODAY() + 3 * DAY)
    browser.force_login(supervisor)
    text = browser.get("/admin/accounts/habilitation/?state=expiring").content.decode()
    assert "1 habilitation ends within 60 days" in text
    assert "2026-17" in text
