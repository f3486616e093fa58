from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.credentials import Credentials
from cameras.models import Camera
from footage import scenes

if TYPE_CHECKING:
    from accounts.models import User

# Of these the centre takes pictures: in service, and in service but silent.
RECORDED_STATES = (Camera.State.LIVE, Camera.State.LOST)


class SourceQuerySet(models.QuerySet["Source"]):
    def due(self) -> SourceQuerySet:
        """Those to be recorded now: enabled, of a camera in service."""
        return self.filter(enabled=True, camera__state__in=RECORDED_STATES).select_related("camera")

    def of_shard(self, number: int, of: int) -> SourceQuerySet:
        return self.annotate(_shard=models.F("camera_id") % of).filter(_shard=number - 1)

    def visible_to(self, user: User) -> SourceQuerySet:
        return self if user.may(Right.MANAGE_ESTATE) else self.none()


class Source(models.Model):
    """Where the pictures of a camera come from. Its password is kept apart from the address, encrypted."""

    class Kind(models.TextChoices):
        RTSP = "rtsp", _("RTSP")
        HTTP = "http", _("HTTP")
        FILE = "file", _("File, over and over")
        SCENE = "scene", _("Drawn street (demonstration)")

    camera = models.OneToOneField(
        Camera, models.CASCADE, primary_key=True, related_name="source", verbose_name=_("camera")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.RTSP)
    url = models.CharField(
        _("address"),
        max_length=500,
        help_text=_("Main stream, without user name or password: rtsp://10.0.0.8/stream1, a file, a scene."),
    )
    sub_url = models.CharField(
        _("address of the sub-stream"),
        max_length=500,
        blank=True,
        help_text=_("A small picture for tiles and analysis; empty when the camera has only one stream."),
    )
    sealed_credentials = models.BinaryField(_("credentials"), null=True, blank=True, editable=False)
    audio_allowed = models.BooleanField(
        _("sound recorded"),
        default=False,
        help_text=_("Sound of the public road is not recorded unless a law allows it for this camera."),
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    clock_offset_ms = models.IntegerField(
        _("clock of the camera, ms ahead"), null=True, blank=True, editable=False
    )
    clock_measured_at = models.DateTimeField(_("clock measured at"), null=True, blank=True, editable=False)
    # What burning masks in costs on the machine that does it, measured; none where nothing is burnt in.
    burning_cpu = models.FloatField(_("masking, CPU cores"), null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source of pictures")
        verbose_name_plural = _("sources of pictures")
        constraints = [
            models.CheckConstraint(
                condition=~Q(url__contains="@") & ~Q(sub_url__contains="@"),
                name="footage_no_credentials_in_addresses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.kind}"

    @property
    def credentials(self) -> Credentials | None:
        return Credentials.opened(self.sealed_credentials) if self.sealed_credentials else None

    def clean(self) -> None:
        wrong: dict[str, str] = {}
        for name in ("url", "sub_url"):
            if problem := self._problem_with(getattr(self, name)):
                wrong[name] = problem
        # One password for both: it is not to be shown to another machine.
        if not wrong and self.sub_url and urlsplit(self.url).hostname != urlsplit(self.sub_url).hostname:
            wrong["sub_url"] = gettext("Main stream and sub-stream are on one device.")
        if wrong:
            raise ValidationError(wrong)

    def _problem_with(self, address: str) -> str:
        if not address:
            return ""
        if any(ord(letter) < 0x20 for letter in address):
            return gettext("An address is one line.")
        if "@" in address:
            return gettext("Write user name and password in their own fields, not in the address.")
        if self.kind == self.Kind.FILE:
            return (
                "" if self.file_of(address) else gettext("There is no such file among those for the centre.")
            )
        if self.kind == self.Kind.SCENE:
            return "" if address in scenes.NAMES else gettext("There is no such scene.")
        schemes = {"rtsp", "rtsps"} if self.kind == self.Kind.RTSP else {"http", "https"}
        parts = urlsplit(address)
        if parts.scheme not in schemes or not parts.hostname:
            return gettext("An address begins with %(schemes)s:// and names a host.") % {
                "schemes": ":// / ".join(sorted(schemes))
            }
        return ""

    @staticmethod
    def file_of(name: str) -> Path | None:
        """The file, when it lies among those the centre may play (FOOTAGE_CLIPS)."""
        allowed = Path(settings.FOOTAGE_CLIPS).resolve()
        path = (allowed / name).resolve()
        return path if path.is_relative_to(allowed) and path.is_file() else None
