from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from accounts.roles import SHEETS
from footage.models import WorkOrder, WorkOrderQuerySet


class Which(forms.Form):
    """Which orders to list. What does not hold together is passed over: a list is always shown."""

    shown = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("to do")), ("mine", _("mine")), ("closed", _("closed")), ("all", _("all"))],
    )
    fault = forms.ChoiceField(
        label=_("Fault"), required=False, choices=[("", _("all")), *WorkOrder.Kind.choices]
    )
    camera = forms.CharField(label=_("Camera or sector"), required=False, max_length=60)

    def found(self, rows: WorkOrderQuerySet, user: User) -> WorkOrderQuerySet:
        said: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        shown = said.get("shown", "")
        if shown in ("", "mine"):
            rows = rows.live()
        if shown == "mine":
            rows = rows.filter(assigned_to=user)
        if shown == "closed":
            rows = rows.exclude(state__in=WorkOrder.LIVE)
        if fault := said.get("fault"):
            rows = rows.filter(kind=fault)
        if words := said.get("camera", "").strip():
            named = Q(camera__code__icontains=words) | Q(camera__name__icontains=words)
            rows = rows.filter(named | Q(camera__sector__code__iexact=words))
        return rows.order_by("-closed_at", "-pk") if shown == "closed" else rows.worst_first()


def menders() -> list[User]:
    """Who may be given an order."""
    roles = [role for role, sheet in SHEETS.items() if Right.MANAGE_ESTATE in sheet.rights]
    people = User.objects.filter(is_active=True, groups__name__in=roles).distinct().order_by("username")
    return [person for person in people if person.may(Right.MANAGE_ESTATE)]
