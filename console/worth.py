"""What is worth doing while nobody calls: each line comes from the rows of now and leads to where it is done.

A line that leads to a page has `url`; one that stays in the room has `command`, what to type in the command bar.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, TypedDict

from django.db.models import Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Habilitation, User
from accounts.rights import Right
from alerts.models import AlertDevice, AlertDeviceQuerySet, DeviceTrouble, Site
from cameras.models import Camera
from events.models import Delivery
from evidence.became import worth_the_clock
from evidence.models import AccessRequest, HoldExtension, Requisition
from evidence.models.requisition import NEAR
from footage.models import Extraction, WorkOrder
from legal.models import Breach, PrefecturalAuthorisation, RecipientAgreement

# A button is tried every month (law §2.9).
UNTESTED = dt.timedelta(days=30)
# When one's own act is worth a word; who keeps the acts is told of all that end within 60 days.
OWN_ACT = dt.timedelta(days=30)
# Requests to be answered, holds that end.
SOON_DAYS = 7
# Holds are few; of many the first are enough to know where to look.
HOLDS = 5
URGENT = 100


class Line(TypedDict):
    """`kind` for the eye and for tests; one of url and command is empty."""

    kind: str
    label: str
    url: str
    command: str


def doing(user: User) -> list[Line]:
    """The lines this person can do something about, what is broken first."""
    # An exercise city has nothing else to look after; beside a real one it is no work.
    exercise = not Site.objects.filter(exercise=False).exists()
    found = (
        _owed(user),
        _requisitions(user),
        _access(user),
        _holds(user),
        _lost(user, exercise),
        _faults(user, exercise),
        _silent(user, exercise),
        _troubled(user, exercise),
        _untested(user, exercise),
    )
    law = (_breaches(user), _to_validate(user), _acts(user), _orders(user), _agreements(user))
    return [line for lines in (*found, *law) for line in lines]


def _line(kind: str, label: str, *, url: str = "", command: str = "") -> Line:
    return Line(kind=kind, label=label, url=url, command=command)


def _admin(table: str, **asked: Any) -> str:
    page = reverse(f"admin:{table}_changelist")
    return f"{page}?{urlencode(asked)}" if asked else page


def _owed(user: User) -> Iterator[Line]:
    if count := Delivery.objects.visible_to(user).given_up().count():
        text = ngettext(
            "%(n)s consequence of a fact given up: try it again",
            "%(n)s consequences of facts given up: try them again",
            count,
        )
        yield _line("owed", text % {"n": count}, url=reverse("console:owed"))


def _requisitions(user: User) -> Iterator[Line]:
    """The clock of destruction decides the order, not the day of receipt (law W-11)."""
    if not (user.may(Right.RECEIVE_REQUISITION) or user.may(Right.CHECK_REQUISITION)):
        return
    now = timezone.now()
    waiting = Requisition.objects.visible_to(user).open().unsealed().by_clock()
    # What was never recorded is not destroyed either: there is no hurry.
    urgent = worth_the_clock(waiting.filter(due_at__lt=now + NEAR).with_lines()[:URGENT])
    if not urgent or urgent[0].due_at is None:
        return
    count, first = len(urgent), urgent[0]
    text = ngettext(
        "%(n)s requisition is urgent: %(number)s, its oldest minute has %(hours)s h left",
        "%(n)s requisitions are urgent, the first %(number)s: its oldest minute has %(hours)s h left",
        count,
    )
    hours = max(0, int(((first.due_at or now) - now) / dt.timedelta(hours=1)))
    said = text % {"n": count, "number": first.number, "hours": hours}
    yield _line("requisition", said, url=reverse("evidence:queue"))


def _access(user: User) -> Iterator[Line]:
    soon = timezone.localdate() + dt.timedelta(days=SOON_DAYS)
    near = AccessRequest.objects.visible_to(user).open().filter(due_on__lt=soon)
    count, first = near.count(), near.order_by("due_on", "pk").first()
    if first is not None:
        text = ngettext(
            "%(n)s access request to answer by %(date)s",
            "%(n)s access requests to answer, the first by %(date)s",
            count,
        )
        said = text % {"n": count, "date": formats.date_format(first.due_on)}
        yield _line("access", said, url=reverse("evidence:access"))


def _holds(user: User) -> Iterator[Line]:
    """Papers for a later end to be read, and holds that end soon with none: what they keep is destroyed (L-05)."""
    seen = HoldExtension.objects.visible_to(user).waiting()
    waiting = seen.select_related("requisition").order_by("was_until", "pk")
    if user.may(Right.VALIDATE_EXTRACTION):
        for one in waiting.exclude(received_by=user)[:HOLDS]:
            said = _("Hold %(number)s: a paper asks for a later end, to be read by %(date)s")
            told = said % {"number": one.requisition.number, "date": formats.date_format(one.read_by)}
            yield _line("hold", told, url=reverse("evidence:requisition", args=[one.requisition_id]))
    if user.may(Right.RECEIVE_REQUISITION):
        now = timezone.now()
        ending = (
            Requisition.objects.visible_to(user)
            .filter(
                demand=Requisition.Demand.KEEP,
                state=Requisition.State.CHECKED,
                kept_until__range=(now, now + dt.timedelta(days=SOON_DAYS)),
            )
            .exclude(pk__in=waiting.order_by().values("requisition"))
        )
        for hold in ending.order_by("kept_until", "pk")[:HOLDS]:
            said = _(
                "Hold %(number)s ends on %(date)s: what it keeps is destroyed unless a paper makes it longer"
            )
            told = said % {"number": hold.number, "date": formats.date_format(hold.kept_until or now)}
            yield _line("hold", told, url=reverse("evidence:requisition", args=[hold.pk]))


def _lost(user: User, exercise: bool) -> Iterator[Line]:
    lost = Camera.objects.visible_to(user).filter(state=Camera.State.LOST, exercise=exercise)
    count, longest = lost.count(), lost.order_by("state_since").first()
    if longest is not None:
        text = ngettext(
            "%(n)s camera offline: %(code)s, since %(since)s",
            "%(n)s cameras offline, the longest %(code)s, since %(since)s",
            count,
        )
        said = text % {"n": count, "code": longest.code, "since": _moment(longest.state_since)}
        yield _line("lost", said, command=f"/c {longest.code}")


def _faults(user: User, exercise: bool) -> Iterator[Line]:
    """Cameras that send pictures nobody should trust; those offline have a line of their own."""
    orders = WorkOrder.objects.visible_to(user).live().exclude(kind=WorkOrder.Kind.OFFLINE)
    orders = orders.filter(camera__exercise=exercise)
    count, worst = orders.count(), orders.select_related("camera").worst_first().first()
    if worst is not None:
        text = ngettext(
            "%(n)s camera is not as it should be: %(code)s, %(fault)s",
            "%(n)s faults of cameras, the worst %(code)s, %(fault)s",
            count,
        )
        said = text % {"n": count, "code": worst.camera.code, "fault": worst.get_kind_display().lower()}
        yield _line("fault", said, url=reverse("footage:health"))


def _silent(user: User, exercise: bool) -> Iterator[Line]:
    silent = _devices(user, exercise).silent()
    count, first = silent.count(), silent.order_by("last_heartbeat_at").first()
    if first is not None:
        text = ngettext(
            "%(n)s alert button has not been heard from: %(place)s",
            "%(n)s alert buttons have not been heard from, such as %(place)s",
            count,
        )
        yield _device("silent", text % {"n": count, "place": first.site.name}, first, user, silent="yes")


def _troubled(user: User, exercise: bool) -> Iterator[Line]:
    """What alarm panels say is wrong with themselves."""
    rows = DeviceTrouble.objects.lasting().filter(device__in=_devices(user, exercise))
    count, first = rows.count(), rows.select_related("device__site").order_by("since").first()
    if first is not None:
        text = ngettext(
            "%(n)s alarm panel is in trouble: %(place)s, %(what)s",
            "%(n)s troubles of alarm panels, such as %(place)s, %(what)s",
            count,
        )
        words = {"n": count, "place": first.device.site.name, "what": first.get_kind_display().lower()}
        yield _line("trouble", text % words, url=_admin("alerts_devicetrouble", until__isempty=1))


def _untested(user: User, exercise: bool) -> Iterator[Line]:
    late = timezone.now() - UNTESTED
    rows = (
        _devices(user, exercise)
        .filter(kind=AlertDevice.Kind.BUTTON)
        .filter(Q(last_test_at=None) | Q(last_test_at__lt=late), created_at__lt=late)
    )
    count, first = rows.count(), rows.order_by("last_test_at", "code").first()
    if first is not None:
        text = ngettext(
            "%(n)s alert button not tested for a month: %(place)s",
            "%(n)s alert buttons not tested for a month, such as %(place)s",
            count,
        )
        yield _device("untested", text % {"n": count, "place": first.site.name}, first, user)


def _devices(user: User, exercise: bool) -> AlertDeviceQuerySet:
    devices = AlertDevice.objects.visible_to(user).in_service().select_related("site")
    return devices.filter(site__exercise=exercise, site__closed_on=None)


def _device(kind: str, said: str, device: AlertDevice, user: User, **asked: str) -> Line:
    if user.may(Right.MANAGE_ESTATE):
        return _line(kind, said, url=_admin("alerts_alertdevice", **asked))
    return _line(kind, said, command=device.site.name)


def _to_validate(user: User) -> Iterator[Line]:
    if not user.may(Right.VALIDATE_EXTRACTION):
        return
    asked = Extraction.objects.visible_to(user).filter(state=Extraction.State.ASKED).exclude(requester=user)
    if count := asked.count():
        text = ngettext("%(n)s extraction to validate", "%(n)s extractions to validate", count)
        yield _line("validate", text % {"n": count}, url=reverse("footage:extractions"))


def _acts(user: User) -> Iterator[Line]:
    if user.may(Right.MANAGE_HABILITATIONS) and (count := Habilitation.objects.expiring().count()):
        text = ngettext(
            "%(n)s habilitation ends within 60 days", "%(n)s habilitations end within 60 days", count
        )
        yield _line("acts", text % {"n": count}, url=_admin("accounts_habilitation"))
    own = Habilitation.objects.expiring(OWN_ACT.days).filter(user=user).last()
    if own is not None and own.ends_on is not None:
        said = _("Your habilitation ends on %(date)s") % {"date": formats.date_format(own.ends_on)}
        yield _line("own-act", said, url=reverse("accounts:me"))


def _orders(user: User) -> Iterator[Line]:
    ending = PrefecturalAuthorisation.objects.visible_to(user).expiring(timezone.localdate())
    count, nearest = ending.count(), ending.first()
    if nearest is not None:
        text = ngettext(
            "%(n)s authorisation of the prefect ends on %(date)s",
            "%(n)s authorisations of the prefect end within six months, the first on %(date)s",
            count,
        )
        said = text % {"n": count, "date": formats.date_format(nearest.expires_on)}
        yield _line("orders", said, url=reverse("legal:orders"))


def _agreements(user: User) -> Iterator[Line]:
    """A service whose agreement ends receives nothing from the next morning on (CSI L252-3)."""
    if not user.may(Right.MANAGE_HABILITATIONS):
        return
    ending = RecipientAgreement.objects.visible_to(user).expiring(timezone.localdate())
    count, nearest = ending.count(), ending.first()
    if nearest is not None:
        text = ngettext(
            "%(n)s agreement with a recipient ends on %(date)s",
            "%(n)s agreements with recipients end within six months, the first on %(date)s",
            count,
        )
        said = text % {"n": count, "date": formats.date_format(nearest.ends_on)}
        yield _line("agreements", said, url=reverse("legal:recipients"))


def _breaches(user: User) -> Iterator[Line]:
    """Whose 72 hours run, the one with the fewest left first (GDPR art. 33)."""
    if not user.may(Right.KEEP_REGISTERS):
        return
    for breach in Breach.objects.visible_to(user).running()[:3]:
        said = _("Data breach %(number)s: to be notified by %(at)s") % {
            "number": breach.number,
            "at": _moment(breach.due_at),
        }
        yield _line("breach", said, url=reverse("legal:breach", args=[breach.pk]))


def _moment(at: dt.datetime) -> str:
    """14:03 today, the day before that."""
    here = timezone.localtime(at)
    return (
        formats.time_format(here, "H:i") if here.date() == timezone.localdate() else formats.date_format(here)
    )
