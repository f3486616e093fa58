from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import translation

from alerts.models import Alert
from events.models import Event
from tests.alerts import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def press(*args: str) -> str:
    out = io.StringIO()
    call_command("press", *args, stdout=out)
    return out.getvalue()


def test_it_presses_the_first_button_of_a_site() -> None:
    cast.button()
    said = press("--site", "ECO-012", "--note", "exercice")
    alert = Alert.objects.get()
    assert alert.number in said
    assert "received" in said
    assert (alert.note, alert.correlation) == ("exercice", Event.objects.get().correlation)


def test_it_presses_a_named_button() -> None:
    site = cast.button().site
    other = cast.button(site=site, code="BTN-0013")
    press("--device", "BTN-0013")
    assert Alert.objects.get().device == other


def test_it_tests_and_says_that_it_was_a_mistake() -> None:
    cast.button()
    assert "test" in press("--site", "ECO-012", "--kind", "test")
    press("--site", "ECO-012")
    press("--site", "ECO-012", "--kind", "cancel")
    assert Alert.objects.presses().get().cancelled


def test_errors_are_in_words() -> None:
    with pytest.raises(CommandError, match="Say which button"):
        press()
    cast.school()
    with pytest.raises(CommandError, match=r"No site is called ECO-099\. There are: ECO-012"):
        press("--site", "ECO-099")
    with pytest.raises(CommandError, match="no such button"):
        press("--site", "ECO-012")
    cast.button(site=cast.school(code="ECO-013"), state="out_of_service")
    with pytest.raises(CommandError, match="out of service"):
        press("--site", "ECO-013")


def test_it_says_that_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    cast.button()

    def away(**_: object) -> Alert:
        raise OperationalError

    monkeypatch.setitem(
        __import__("alerts.management.commands.press", fromlist=["ACTIONS"]).ACTIONS, "press", away
    )
    with pytest.raises(CommandError, match="does not answer"):
        press("--site", "ECO-012")
