from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.desk import Spoken, acting
from accounts.rights import Right
from detection import gate, parameters, precision
from detection.codes import EventCode
from detection.drawing import remove_profile, save_profile
from detection.models import Profile
from doors.problems import Refused

DAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]
RANGES = 3
THRESHOLD = "threshold_"


class ProfileForm(forms.ModelForm[Profile]):
    """Thresholds with their units, and the hours in which it watches; `parameters` and `schedule` are made of them."""

    class Meta:
        model = Profile
        fields = ["zone", "event_type", "detector"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        if row._state.adding:
            return
        for one in parameters.PARAMETERS[EventCode(row.event_type_id)]:
            unit = f" ({one.unit})" if one.unit else ""
            usual = row.event_type.parameters.get(one.name, one.default)
            if one.is_switch:
                self.fields[THRESHOLD + one.name] = forms.BooleanField(
                    label=str(one.label), required=False, initial=bool(row.parameters.get(one.name, usual))
                )
                continue
            self.fields[THRESHOLD + one.name] = forms.FloatField(
                label=f"{one.label}{unit}",
                min_value=one.least,
                max_value=one.most,
                initial=row.parameters.get(one.name, usual),
                help_text=_t("Usual: %(usual)s") % {"usual": f"{usual:g}"},
            )
        for number in range(RANGES):
            known = row.schedule[number] if number < len(row.schedule) else None
            self._add_range(number, known)

    def _add_range(self, number: int, known: dict[str, Any] | None) -> None:
        n = number + 1
        self.fields[f"days_{number}"] = forms.TypedMultipleChoiceField(
            label=_t("hours %(n)s: days") % {"n": n},
            choices=DAYS,
            coerce=int,
            required=False,
            initial=known["days"] if known else [],
            widget=forms.CheckboxSelectMultiple,
            help_text=_t("No day in any of the three: always.") if number == 0 else "",
        )
        for name, label in (("start", _t("hours %(n)s: from")), ("until", _t("hours %(n)s: until"))):
            self.fields[f"{name}_{number}"] = forms.TimeField(
                label=label % {"n": n},
                required=False,
                input_formats=["%H:%M"],
                initial=known[name] if known else None,
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.instance._state.adding:
            return given
        names = [name for name in self.fields if name.startswith(THRESHOLD)]
        self.instance.parameters = {
            name.removeprefix(THRESHOLD): float(given[name]) for name in names if given.get(name) is not None
        }
        schedule = []
        for number in range(RANGES):
            days, start, until = (given.get(f"{part}_{number}") for part in ("days", "start", "until"))
            if not days:
                continue
            if start is None or until is None:
                self.add_error(f"start_{number}", _t("Say from when until when."))
                continue
            schedule.append({"days": days, "start": f"{start:%H:%M}", "until": f"{until:%H:%M}"})
        self.instance.schedule = schedule
        return given


@admin.register(Profile)
class ProfileAdmin(Spoken[Profile]):
    form = ProfileForm
    list_display = ["zone", "event_type", "detector", "is_on_now", "right_so_far", "why_not"]
    list_filter = ["event_type", "detector"]
    list_select_related = ["zone__camera", "event_type", "detector"]
    autocomplete_fields = ["zone"]
    readonly_fields = ["is_on_now", "right_so_far", "why_not"]

    def get_fieldsets(self, request: HttpRequest, obj: Profile | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["zone", "event_type", "detector"]})]
        thresholds = [THRESHOLD + one.name for one in parameters.PARAMETERS[EventCode(obj.event_type_id)]]
        ranges = [(f"days_{n}", f"start_{n}", f"until_{n}") for n in range(RANGES)]
        return [
            (None, {"fields": ["zone", "event_type", "detector"]}),
            (_("Thresholds"), {"fields": thresholds}),
            (_("Hours"), {"fields": ranges}),
            (_("State"), {"fields": ["is_on_now", "right_so_far", "why_not"]}),
        ]

    def get_form(
        self, request: HttpRequest, obj: Profile | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        # Thresholds and hours are made by the form itself: the fieldsets name what no field of the table is.
        return super().get_form(
            request, obj, change, **(kwargs | {"fields": ["zone", "event_type", "detector"]})
        )

    @admin.display(description=_("on"), boolean=True)
    def is_on_now(self, profile: Profile) -> bool:
        return profile.is_on

    @admin.display(description=_("right so far"))
    def right_so_far(self, profile: Profile) -> str:
        known = precision.measured([profile])[profile.pk]
        if known.precision is None:
            return "—"
        return _t("%(percent)s %% of %(n)s (at least %(least)s %%)") % {
            "percent": known.percent,
            "n": known.judged,
            "least": known.percent_at_least,
        }

    @admin.display(description=_("what keeps it from watching"))
    def why_not(self, profile: Profile) -> str:
        return gate.may_run(profile, timezone.now()).words or "—"

    def save_model(self, request: HttpRequest, obj: Profile, form: Any, change: bool) -> None:
        if not change:
            obj.parameters = dict(obj.event_type.parameters)
        save_profile(actor=acting(request, Right.SET_DETECTION), profile=obj)

    def delete_model(self, request: HttpRequest, obj: Profile) -> None:
        remove_profile(actor=acting(request, Right.SET_DETECTION), profile=obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refused as refused:
            messages.error(request, f"{refused.title} {refused.what_to_do}")
            return redirect("admin:detection_profile_changelist")

    def get_actions(self, request: HttpRequest) -> Any:
        return {}
