"""A refusal says what is wrong and what to do, as RFC 9457 has it, and carries the id of the gesture."""

from __future__ import annotations

import io
import json

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.test import Client
from django.utils import translation
from rest_framework import exceptions
from rest_framework.parsers import JSONParser

from doors import correlation
from doors.problems import MEDIA_TYPE, Conflict, Refused, as_problem, response


def test_a_refusal_has_the_members_of_the_rfc_and_ours() -> None:
    with correlation.under("gesture-0009"):
        answer = response(Conflict("Taken.", what_to_do="Help.", code="already-taken", taken_by="Poste 1"))
    body = json.loads(answer.content)
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert answer.status_code == body["status"] == 409
    assert body["type"].endswith(body["code"])
    assert (body["title"], body["what_to_do"], body["taken_by"]) == ("Taken.", "Help.", "Poste 1")
    assert body["correlation"] == "gesture-0009"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (exceptions.ParseError(), 400),
        (exceptions.NotAuthenticated(), 401),
        (exceptions.PermissionDenied(), 403),
        (exceptions.NotFound(), 404),
        (exceptions.MethodNotAllowed("PUT"), 405),
        (exceptions.UnsupportedMediaType("text/plain"), 415),
        (exceptions.Throttled(wait=3), 429),
    ],
)
def test_every_refusal_of_the_framework_says_what_to_do(error: Exception, status: int) -> None:
    answer = as_problem(error, {})
    assert answer is not None
    assert answer.status_code == answer.data["status"] == status
    assert answer.data["what_to_do"]
    if status == 429:
        assert answer.headers["Retry-After"] == "3"


@pytest.mark.parametrize(
    ("body", "says"),
    [(b'{"kind": "press",}', "ligne 1, colonne 18"), (b'{"kind": "\xe9"}', "octet 11"), (b'{"x": NaN}', "")],
)
def test_what_cannot_be_read_is_told_in_the_language_of_who_sent_it(body: bytes, says: str) -> None:
    with pytest.raises(exceptions.ParseError) as raised:
        JSONParser().parse(io.BytesIO(body))
    with translation.override("fr"):
        answer = as_problem(raised.value, {})
    assert answer is not None
    assert answer.data["title"] == "Le message n’est pas lisible."
    assert says in answer.data.get("detail", "")
    assert "parse error" not in str(answer.data)


def test_errors_name_their_fields() -> None:
    answer = as_problem(exceptions.ValidationError({"point": {"lat": ["Too far north."]}}), {})
    assert answer is not None
    assert answer.data["errors"] == {"point": {"lat": ["Too far north."]}}


def test_what_nobody_foresaw_is_not_dressed_up() -> None:
    assert as_problem(ZeroDivisionError(), {}) is None


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/api/v1/alerts/", MEDIA_TYPE), ("/console/", "text/html"), ("/accounts/", "text/html")],
)
def test_whoever_finds_the_database_away_is_told_when_to_come_back(
    path: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is noticed: the session is read before any view, and the user before any middleware of ours."""

    def away(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(SessionStore, "load", away)
    monkeypatch.setattr("alerts.callers.read", away)
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a-session-of-before"
    answer = client.get(path, headers={"Authorization": "Device nsk_000000000000_any"})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Content-Type"].startswith(kind)


def test_a_callers_id_is_kept_when_well_formed_and_replaced_when_not(db: None) -> None:
    client = Client()
    kept = client.get("/healthz", headers={correlation.HEADER: "gesture-0010"})
    assert kept.headers[correlation.HEADER] == "gesture-0010"
    replaced = client.get("/healthz", headers={correlation.HEADER: 'x"\n{evil}'})
    assert len(replaced.headers[correlation.HEADER]) == 32
    assert "evil" not in replaced.headers[correlation.HEADER]


def test_the_log_line_of_a_refusal_carries_the_id_of_its_answer(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Django writes it after the last middleware: without the request's own, nobody finds it again."""
    caplog.handler.addFilter(correlation.CorrelationFilter())
    with caplog.at_level("WARNING", "django.request"):
        client.get("/api/v1/nope/", headers={correlation.HEADER: "gesture-0011"})
    assert [record.correlation for record in caplog.records] == ["gesture-0011"]  # type: ignore[attr-defined]


def test_a_refused_is_an_exception_with_its_title() -> None:
    assert str(Refused("No.")) == "No."


def test_an_address_that_leads_nowhere_is_a_problem_for_programs_and_a_page_for_people(
    client: Client,
) -> None:
    answer = client.get("/api/v1/nope/")
    assert (answer.status_code, answer["Content-Type"]) == (404, MEDIA_TYPE)
    assert "/api/v1/schema/" in answer.json()["what_to_do"]
    page = client.get("/nope/")
    assert (page.status_code, page["Content-Type"].partition(";")[0]) == (404, "text/html")


def test_a_forgotten_slash_keeps_the_call_a_call(client: Client) -> None:
    """By 301 a device would read where it meant to press."""
    answer = client.post("/api/v1/alerts", {"kind": "press"}, content_type="application/json")
    assert (answer.status_code, answer["Location"]) == (308, "/api/v1/alerts/")


def test_a_mistake_of_the_centre_is_a_problem_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("alerts.api.AlertsView.dispatch", broken)
    answer = Client(raise_request_exception=False).post("/api/v1/alerts/")
    assert (answer.status_code, answer["Content-Type"]) == (500, MEDIA_TYPE)
    assert answer.json()["correlation"] == answer["X-Correlation-ID"]
    assert answer.json()["what_to_do"]
