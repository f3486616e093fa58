"""The registers of the law through their doors: read by who checks, kept by who may (L-01, L-02, L-13, L-60, L-63)."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from events.models import Event
from legal import clocks
from legal.models import (
    AuthorisationWarning,
    Breach,
    BreachStep,
    Controller,
    Experiment,
    ImpactAssessment,
    PrefectNotice,
    PrefecturalAuthorisation,
)
from tests.cast import camera, may_film, person

pytestmark = pytest.mark.django_db
READ = [
    *("compliance/", "compliance/dwellings/", "compliance/no_trace/", "record/", "orders/", "experiments/"),
    *("assessments/", "notices/"),
]
REAL = {"exercise": False, "authorisation_reference": "2024-117"}


def signed_in(client: Client, role: Role) -> User:
    user = person(role)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def text_of(client: Client, path: str, **asked: str) -> str:
    answer = client.get(f"/legal/{path}", asked)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("role", [Role.DPO, Role.SUPERVISOR])
def test_who_checks_reads_every_register(client: Client, role: Role) -> None:
    may_film()
    camera("C1", **REAL)
    signed_in(client, role)
    for path in [*READ, "breaches/", f"assessments/{PrefecturalAuthorisation.objects.get().pk}/"]:
        assert "<h1>" in text_of(client, path)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN, Role.TECHNICIAN, Role.ELECTED])
def test_nobody_else_does(client: Client, role: Role) -> None:
    signed_in(client, role)
    assert {client.get(f"/legal/{path}").status_code for path in [*READ, "breaches/"]} == {403}
    client.logout()
    assert {client.get(f"/legal/{path}").status_code for path in [*READ, "breaches/"]} == {302}


@pytest.mark.parametrize("path", ["compliance/", "record/"])
@pytest.mark.parametrize(("ending", "begins"), [("pdf", b"%PDF-"), ("odt", b"PK"), ("json", b"{")])
def test_a_register_is_a_paper_too(client: Client, path: str, ending: str, begins: bytes) -> None:
    signed_in(client, Role.DPO)
    answer = client.get(f"/legal/{path}?format={ending}")
    assert answer.content.startswith(begins)
    assert client.get(f"/legal/{path}?format=exe").status_code == 404


def test_the_state_of_compliance_costs_a_few_questions_however_large_the_city(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    may_film()
    for number in range(30):
        camera(f"C{number}", **REAL, masks_checked=number % 2 == 0)
    signed_in(client, Role.DPO)
    with django_assert_max_num_queries(40):
        said = text_of(client, "compliance/")
    assert "15 cameras wait" in said


def test_the_end_of_an_order_is_told_once_at_six_three_and_one_months_and_at_the_end() -> None:
    """L-01."""
    may_film()
    act = PrefecturalAuthorisation.objects.get()
    PrefecturalAuthorisation.objects.update(expires_on=dt.date(2027, 12, 31), signed_on=dt.date(2024, 1, 1))
    for day in (
        "2027-06-01",
        "2027-07-01",
        "2027-07-02",
        "2027-10-15",
        "2027-12-20",
        "2027-12-31",
        "2028-01-02",
    ):
        for _twice in range(2):
            clocks.tell_of_ends(dt.date.fromisoformat(day))
    told = Event.objects.filter(kind="legal.authorisation_ending").order_by("pk")
    assert [one.data["months"] for one in told] == [6, 3, 1, 0]
    assert told[0].about == [f"authorisation:{act.pk}"]
    # Put off: told again when the new end comes near.
    PrefecturalAuthorisation.objects.update(expires_on=dt.date(2028, 6, 30))
    assert [one.months for one in clocks.tell_of_ends(dt.date(2028, 1, 2))] == [6]
    assert AuthorisationWarning.objects.count() == 5


def test_orders_say_which_cameras_they_reach_and_which_none_covers(client: Client) -> None:
    """L-01: by perimeter too."""
    inside = camera("C1", distance_m=10, **REAL)
    camera("C2", distance_m=5_000, **REAL)
    ring = [
        [inside.lon + x, inside.lat + y]
        for x, y in ((-0.01, -0.01), (0.01, -0.01), (0.01, 0.01), (-0.01, 0.01))
    ]
    today = timezone.localdate()
    PrefecturalAuthorisation.objects.create(
        number="2026-9",
        signed_on=today,
        expires_on=today + dt.timedelta(days=20),
        purposes=[5],
        max_retention_days=10,
        perimeter={"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    )
    signed_in(client, Role.SUPERVISOR)
    answer = client.get("/legal/orders/")
    assert [line["cameras"] for line in answer.context["lines"]] == [1]
    assert [one["code"] for one in answer.context["bare"]] == ["C2"]
    assert "ends within 1 month" in answer.content.decode()


def test_an_assessment_keeps_what_it_was_made_on_and_says_when_the_centre_changed(client: Client) -> None:
    """L-13: a version, the officer's own opinion, and no drift unseen."""
    may_film()
    camera("C1", **REAL)
    act = PrefecturalAuthorisation.objects.get()
    path = f"/legal/assessments/{act.pk}/"
    signed_in(client, Role.SUPERVISOR)
    assert client.post(path, {"words": "Necessary and proportionate."}).status_code == 302
    assert client.post(path, {"opinion": "favourable"}).status_code == 403
    assert "opinion of the data protection officer" in text_of(client, "assessments/")
    signed_in(client, Role.DPO)
    assert client.post(path, {"opinion": "reserved", "words": "Fewer domes."}).status_code == 302
    assert client.post(path, {"opinion": "favourable"}).status_code == 409
    row = ImpactAssessment.objects.get()
    assert (row.version, row.opinion, row.inputs["cameras"]) == (1, "reserved", 1)
    assert client.get("/legal/compliance/assessment/").context["answer"].state.value == "good"
    camera("C2", **REAL)
    assert client.get("/legal/compliance/assessment/").context["answer"].state.value == "look"
    assert "has changed since" in text_of(client, f"assessments/{act.pk}/")
    paper = json.loads(client.get(f"{path}?format=json").content)
    assert paper["data"]["inputs"]["cameras"] == 2


def test_the_prefect_is_told_what_changed_since_he_was_told(client: Client) -> None:
    """L-02: entry, then cameras new, moved and taken down; a notice that was sent stays as it is."""
    may_film()
    first, second = camera("C1", **REAL), camera("C2", **REAL, bearing=90)
    act = PrefecturalAuthorisation.objects.get()
    signed_in(client, Role.SUPERVISOR)
    today = timezone.localdate().isoformat()
    asked = {"authorisation": str(act.pk), "kind": "entry", "effective_on": today}
    assert client.post("/legal/notices/", asked | {"kind": "cease"}).status_code == 409
    assert client.post("/legal/notices/", asked).status_code == 302
    entry = PrefectNotice.objects.get()
    assert (
        client.post(f"/legal/notices/{entry.pk}/sent/", {"sent_on": today, "how": "letter"}).status_code
        == 302
    )
    assert (
        client.post(f"/legal/notices/{entry.pk}/sent/", {"sent_on": today, "how": "again"}).status_code == 409
    )
    assert client.post("/legal/notices/", asked | {"kind": "change"}).status_code == 409  # nothing has
    type(first).objects.filter(pk=first.pk).update(lat=first.lat + 0.001)
    type(second).objects.filter(pk=second.pk).update(state="retired")
    camera("C3", **REAL)
    assert "3 changes to tell" in text_of(client, "notices/")
    assert client.post("/legal/notices/", asked | {"kind": "change"}).status_code == 302
    change = PrefectNotice.objects.get(sent_on=None)
    assert change.changes == {"added": ["C3"], "moved": ["C1"], "removed": ["C2"]}
    said = client.get(f"/legal/notices/{change.pk}/?format=json").content.decode()
    assert "C3" in said
    assert client.get(f"/legal/notices/{entry.pk}/?format=pdf").content.startswith(b"%PDF-")


def breach(client: Client, hours_ago: float = 1, **more: Any) -> Breach:
    aware = timezone.localtime(timezone.now() - dt.timedelta(hours=hours_ago))
    told = {
        "aware_at": f"{aware:%Y-%m-%dT%H:%M}",
        "natures": ["confidentiality"],
        "what": "A screen was filmed.",
    }
    answer = client.post("/legal/breaches/", told | {"risk": "unknown"} | more)
    assert answer.status_code == 302, answer.context["form"].errors
    return Breach.objects.latest("pk")


def test_a_breach_has_72_hours_and_each_warning_once(client: Client) -> None:
    """L-63."""
    signed_in(client, Role.DPO)
    late = breach(client, hours_ago=60)
    assert late.number.endswith("-001")
    assert late.due_at - late.aware_at == dt.timedelta(hours=72)
    assert clocks.tell_of_breaches() == [f"{late.number} day_left"]
    assert clocks.tell_of_breaches() == []
    over = timezone.now() + dt.timedelta(hours=13)
    assert clocks.tell_of_breaches(over) == [f"{late.number} over"]
    assert "11 hours left" in text_of(client, "breaches/")
    kinds = list(
        Event.objects.filter(kind__startswith="legal.breach").values_list("kind", flat=True).order_by("pk")
    )
    assert kinds == ["legal.breach_changed", "legal.breach_due", "legal.breach_due"]


def test_a_late_notification_gives_its_reasons_and_an_open_breach_is_not_closed(client: Client) -> None:
    """L-63; GDPR art. 33(1)."""
    signed_in(client, Role.DPO)
    row = breach(client, hours_ago=80)
    now = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    at = f"/legal/breaches/{row.pk}"
    assert client.post(f"{at}/close/", {"close-words": "done"}).status_code == 409
    assert client.post(f"{at}/notify/", {"notify-at": now}).status_code == 400
    late = {"notify-at": now, "notify-why_late": "Found during an audit.", "notify-reference": "N-1"}
    assert client.post(f"{at}/notify/", late).status_code == 302
    more = {
        "more-natures": ["confidentiality"],
        "more-what": row.what,
        "more-risk": "high",
        "more-said": "A face could be seen.",
    }
    assert client.post(f"{at}/more/", more).status_code == 302
    assert client.post(f"{at}/close/", {"close-words": "done"}).status_code == 409  # people are to be told
    assert client.post(f"{at}/people/", {"people-at": now}).status_code == 302
    assert client.post(f"{at}/close/", {"close-words": "done"}).status_code == 302
    assert client.post(f"{at}/more/", more).status_code == 409  # closed stays closed
    row.refresh_from_db()
    assert (row.state, row.cnil_reference) == ("closed", "N-1")
    assert list(row.steps.values_list("state", flat=True)) == [
        "open",
        "notified",
        "notified",
        "notified",
        "closed",
    ]
    paper = json.loads(client.get(f"{at}/?format=json").content)
    assert paper["data"]["why_late"] == "Found during an audit."


def test_what_was_done_about_a_breach_is_not_rewritten(client: Client) -> None:
    from django.db import DatabaseError, transaction

    signed_in(client, Role.DPO)
    breach(client)
    for change in (BreachStep.objects.all().update, BreachStep.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(**({"words": "nothing"} if change.__name__ == "update" else {}))


def test_an_experiment_ends_and_is_judged_on_three_grounds(client: Client) -> None:
    from django.core.exceptions import ValidationError

    today = timezone.localdate()
    one = Experiment(
        title="Loudspeakers",
        purpose="Telling people of a flood in time.",
        legal_basis="CSI L251-2, 7°",
        personal_data="None",
        starts_on=today - dt.timedelta(days=60),
        ends_on=today - dt.timedelta(days=1),
    )
    one.full_clean()
    one.save()
    signed_in(client, Role.DPO)
    assert "over, without a result" in text_of(client, "experiments/")
    one.result = Experiment.Result.KEPT
    with pytest.raises(ValidationError, match="three grounds"):
        one.full_clean()
    one.technical = one.operational = one.legal = Experiment.Verdict.GOOD
    with pytest.raises(ValidationError, match="on what"):
        one.full_clean()
    one.technical_words = one.operational_words = one.legal_words = "Measured over two months."
    one.full_clean()
    one.legal = Experiment.Verdict.BAD
    with pytest.raises(ValidationError, match="not kept"):
        one.full_clean()
    one.ends_on = one.starts_on + dt.timedelta(days=800)
    with pytest.raises(ValidationError, match="two years"):
        one.full_clean()


def test_everybody_reads_the_public_pages_without_signing_in(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    """L-12: who, what, why, how long, rights, contact; French and English; no list of cameras."""
    may_film()
    camera("C885", **REAL)
    Controller.objects.create(
        name="Commune of the exercise",
        represented_by="the mayor",
        address="1 place of the town hall",
        rights_contact="rights@example.org",
        dpo_contact="dpo@example.org",
    )
    client.cookies["django_language"] = "en"
    with django_assert_max_num_queries(12):
        said = text_of(client, "information/")
    for word in (
        "Commune of the exercise",
        "10 days",
        "2024-117",
        "rights@example.org",
        "dpo@example.org",
        "CNIL",
    ):
        assert word in said
    assert "C885" not in said
    assert client.get("/legal/panel/?format=pdf").content.startswith(b"%PDF-")
    assert "number plates" in text_of(client, "refused/")
    client.cookies["django_language"] = "fr"
    assert 'lang="fr"' in text_of(client, "information/")


def test_a_recording_is_said_to_be_kept_no_longer_than_the_orders_allow(client: Client) -> None:
    may_film()
    PrefecturalAuthorisation.objects.update(max_retention_days=3)
    client.cookies["django_language"] = "en"
    assert "after 3 days at most" in text_of(client, "information/")
