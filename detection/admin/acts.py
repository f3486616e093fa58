from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.desk import acting
from accounts.rights import Right
from detection.codes import EventCode, PlaceClass
from detection.models import AnalyticsAuthorisation, Designation
from detection.version import SOFTWARE
from places.forms import AreaField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STATES = {
    "in_force": _("in force"),
    "withdrawn": _("withdrawn"),
    "future": _("not yet"),
    "past": _("over"),
}


def _sections(document: str, *papers: str) -> list[tuple[Any, dict[str, Any]]]:
    return [
        (_("The act"), {"fields": ["text", "number", "authority", "occasion", document]}),
        (_("What it covers"), {"fields": ["event_types", "place_classes", "camera_codes", "perimeter"]}),
        (_("From and until"), {"fields": ["starts_at", "ends_at"]}),
        (_("With what"), {"fields": ["software_version", "attestation", "model_hashes", *papers]}),
    ]


RECORDING = _sections("document", "aipd", "aipd_document", "model_card", "model_card_document")
# Each paper is a link then: its file has no address of its own.
RECORDED = _sections("the_document", "the_aipd", "the_model_card")


def linked(words: StrOrPromise, link: str) -> str:
    return format_html('<a href="{}">{}</a>', link, words) if link else str(words)


class AuthorisationForm(forms.ModelForm[AnalyticsAuthorisation]):
    event_types = forms.MultipleChoiceField(
        label=_("types of events"), choices=EventCode, widget=forms.CheckboxSelectMultiple
    )
    place_classes = forms.MultipleChoiceField(
        label=_("classes of places"), choices=PlaceClass, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = AnalyticsAuthorisation
        exclude: list[str] = []
        field_classes = {"perimeter": AreaField}
        widgets = {
            "perimeter": forms.Textarea(attrs={"rows": 3}),
            "camera_codes": forms.TextInput(attrs={"size": 80}),
        }


@admin.register(AnalyticsAuthorisation)
class AuthorisationAdmin(admin.ModelAdmin[AnalyticsAuthorisation]):
    """Recorded once, and not changed afterwards: withdrawn, or replaced by the next act."""

    form = AuthorisationForm
    list_display = ["number", "authority", "starts_at", "ends_at", "state_now", "software_version"]
    search_fields = ["number", "authority"]
    readonly_fields = ["the_document", "the_aipd", "the_model_card"]

    @admin.display(description=_("state"))
    def state_now(self, act: AnalyticsAuthorisation) -> str:
        return str(STATES[act.state(timezone.now())])

    @admin.display(description=_("document"))
    def the_document(self, act: AnalyticsAuthorisation) -> str:
        return linked(_("Open"), act.document_link) if act.document else "—"

    @admin.display(description=_("impact assessment (AIPD)"))
    def the_aipd(self, act: AnalyticsAuthorisation) -> str:
        return linked(act.aipd, act.aipd_link)

    @admin.display(description=_("model card"))
    def the_model_card(self, act: AnalyticsAuthorisation) -> str:
        return linked(act.model_card, act.model_card_link)

    def get_fieldsets(self, request: HttpRequest, obj: AnalyticsAuthorisation | None = None) -> Any:
        return RECORDED if obj else RECORDING

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().get_changeform_initial_data(request), "software_version": SOFTWARE}

    def has_change_permission(self, request: HttpRequest, obj: AnalyticsAuthorisation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AnalyticsAuthorisation | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: AnalyticsAuthorisation, form: Any, change: bool) -> None:
        obj.recorded_by = acting(request, Right.MANAGE_HABILITATIONS)
        super().save_model(request, obj, form, change)


@admin.register(Designation)
class DesignationAdmin(admin.ModelAdmin[Designation]):
    list_display = ["user", "act", "authority", "trained_on", "starts_on", "ends_on"]
    autocomplete_fields = ["user"]
    list_select_related = ["user"]

    def has_delete_permission(self, request: HttpRequest, obj: Designation | None = None) -> bool:
        return False
