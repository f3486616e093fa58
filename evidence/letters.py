"""The papers of the centre's own: made from the rows each time, the same bytes as long as the rows are the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doors.documents import Bullets, Document, Fields, Heading, Note, Recipient, Signatures, Table, Text
from doors.documents.blocks import Block
from evidence import became
from evidence.access import grounds
from evidence.models import AccessRequest, Requisition
from evidence.models.access import a_month_after
from footage.models import Extraction
from retention.models import Destruction

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from evidence.models import AskedMinutes

Paper = Requisition | AccessRequest
VERIFY = "sh verify.sh (sha256sum, openssl)"


def of_requisition(row: Requisition) -> dict[str, tuple[str | Promise, Callable[[Requisition], Document]]]:
    """By name, what can be printed now: its title and how it is made."""
    found: dict[str, tuple[str | Promise, Callable[[Requisition], Document]]] = {}
    if row.state == Requisition.State.HANDED_OVER:
        found["transmission"] = (gettext_lazy("Transmission letter"), transmission)
        found["receipt"] = (gettext_lazy("Record of handing over"), receipt)
    if row.state == Requisition.State.REFUSED:
        found["refusal"] = (gettext_lazy("Letter of refusal"), refusal)
    if row.state == Requisition.State.NOTHING_FOUND:
        found["nothing"] = (gettext_lazy("Letter: nothing recorded"), nothing)
    if destructions(row):
        found["destruction"] = (gettext_lazy("Certificate of destruction"), destruction)
    return found


def of_access(row: AccessRequest) -> dict[str, tuple[str | Promise, Callable[[AccessRequest], Document]]]:
    found: dict[str, tuple[str | Promise, Callable[[AccessRequest], Document]]] = {
        "acknowledgement": (gettext_lazy("Acknowledgement"), acknowledgement)
    }
    if row.longer_why:
        found["longer"] = (gettext_lazy("Letter: two months more"), longer)
    if not row.is_open:
        found["answer"] = (gettext_lazy("Letter of answer"), access_answer)
    return found


def made(paper: Callable[[Any], Document], row: Paper, language: str = "") -> Document:
    """In the language asked for, else the centre's."""
    known = dict(settings.LANGUAGES)
    with translation.override(language if language in known else settings.LANGUAGE_CODE):
        return paper(row)


def transmission(row: Requisition) -> Document:
    return _letter(
        row,
        _("Transmission of recorded images"),
        row.closed_at,
        [
            Recipient(_author(row)),
            Text(
                _(
                    "Further to your requisition %(reference)s of %(date)s, received on %(received)s, "
                    "please find the images recorded by the cameras and in the periods below."
                )
                % {
                    "reference": row.reference,
                    "date": date_format(row.dated_on),
                    "received": _moment(row.received_at),
                }
            ),
            Fields(_about(row)),
            Heading(_("What is handed over")),
            _contents(row),
            Text(
                _(
                    "The images are the recording itself, not coded again. Each package holds its manifest,"
                    " signed and with the hash of every file. To verify it, without any program of the "
                    "centre: %(verify)s."
                )
                % {"verify": VERIFY}
            ),
            *_missing(row),
            Text(_("The centre did not analyse the images: that is for the investigator alone.")),
            Signatures([_("For the centre: function, date and signature")]),
        ],
    )


def receipt(row: Requisition) -> Document:
    """Against signature (law §2.7): who, when, which medium, which hashes."""
    return _letter(
        row,
        _("Record of handing over of recorded images"),
        row.closed_at,
        [
            Fields(
                [
                    *_about(row),
                    (_("Handed over on"), _moment(row.closed_at)),
                    (_("Handed to"), ", ".join(filter(None, (row.recipient_name, row.recipient_quality)))),
                    (_("Medium"), row.medium),
                ]
            ),
            Heading(_("Packages")),
            _contents(row),
            Note(_("The hash is that of the manifest, which holds the hash of each file of its package.")),
            Text(
                _(
                    "Who signs below has received these packages and has been told how to verify them. From"
                    " now on they answer for their keeping and their destruction."
                )
            ),
            Signatures(
                [
                    _("For the centre: function, date and signature"),
                    _("For the authority: %(name)s, %(quality)s. Date and signature")
                    % {"name": row.recipient_name, "quality": row.recipient_quality},
                ]
            ),
        ],
    )


def refusal(row: Requisition) -> Document:
    return _letter(
        row,
        _("Requisition that cannot be carried out"),
        row.closed_at,
        [
            Recipient(_author(row)),
            Text(
                _(
                    "Your requisition %(reference)s of %(date)s, received on %(received)s, cannot be "
                    "carried out as it is."
                )
                % {
                    "reference": row.reference,
                    "date": date_format(row.dated_on),
                    "received": _moment(row.received_at),
                }
            ),
            Fields(
                [
                    *_about(row),
                    (_("Ground of the refusal"), str(row.get_refused_for_display())),
                    *([(_("In words"), row.refused_words)] if row.refused_words else []),
                ]
            ),
            Text(
                _(
                    "A new paper is carried out at once. The images are destroyed on their day: the oldest "
                    "of those you ask for, from %(due)s on."
                )
                % {"due": _moment(row.due_at)}
            ),
            Signatures([_("For the centre: function, date and signature")]),
        ],
    )


def nothing(row: Requisition) -> Document:
    return _letter(
        row,
        _("Requisition: nothing is recorded"),
        row.closed_at,
        [
            Recipient(_author(row)),
            Text(
                _(
                    "Nothing is recorded, or nothing is kept any more, of what your requisition "
                    "%(reference)s of %(date)s asks for."
                )
                % {"reference": row.reference, "date": date_format(row.dated_on)}
            ),
            Fields(_about(row)),
            _asked(row.lines),
            *_bullets(_not_there(row.lines)),
            Text(
                _(
                    "Recordings are destroyed when the period of the authorisation is over, and one month "
                    "after they were made at the latest (CSI L252-5)."
                )
            ),
            Signatures([_("For the centre: function, date and signature")]),
        ],
    )


def destructions(row: Requisition) -> list[Destruction]:
    numbers = [line.extraction.number for line in row.lines if line.extraction is not None]
    found = Destruction.objects.filter(
        what=Extraction._meta.label, scope__in=numbers, finished_at__isnull=False
    )
    return list(found.order_by("pk"))


def destruction(row: Requisition) -> Document:
    gone = destructions(row)
    return _letter(
        row,
        _("Certificate of destruction"),
        gone[-1].finished_at,
        [
            Text(
                _(
                    "The packages below were destroyed. Each has its entry in the register, which nobody "
                    "can change."
                )
            ),
            Fields([*_about(row), *_kept(row)]),
            Table(
                [
                    _("Package"),
                    _("Destroyed on"),
                    _("Files"),
                    _("Entry of the register"),
                    _("SHA-256 of the manifest"),
                ],
                [
                    [one.scope, _moment(one.finished_at), str(one.files), str(one.pk), one.names_sha256]
                    for one in gone
                ],
                widths=(16, 20, 8, 14, 42),
            ),
            Signatures([_("For the centre: function, date and signature")]),
        ],
    )


def acknowledgement(row: AccessRequest) -> Document:
    return _letter(
        row,
        _("Your request for images of yourself"),
        row.received_at,
        [
            Recipient(_person(row)),
            Text(
                _(
                    "We have received your request on %(received)s. The minutes below were kept from "
                    "destruction at once. You will be answered by %(due)s."
                )
                % {
                    "received": _moment(row.received_at),
                    "due": date_format(_first_due(row)),
                }
            ),
            _asked(row.lines),
            Text(
                _(
                    "Before anything is shown we make sure that the images are yours: a paper of identity "
                    "is looked at and given back, never copied."
                )
            ),
            *_rights(),
        ],
    )


def longer(row: AccessRequest) -> Document:
    return _letter(
        row,
        _("Your request takes longer"),
        row.received_at,
        [
            Recipient(_person(row)),
            Text(
                _("Your request is answered by %(due)s, two months later than said, because: %(why)s")
                % {"due": date_format(row.due_on), "why": row.longer_why}
            ),
            Note("RGPD, art. 12(3)"),
            *_rights(),
        ],
    )


def access_answer(row: AccessRequest) -> Document:
    said: list[Block] = []
    if row.state == AccessRequest.State.REFUSED:
        said += [
            Text(_("Your request cannot be granted.")),
            Fields(
                [
                    (_("Ground"), str(row.get_refused_for_display())),
                    (_("Source"), grounds.source(row.refused_for)),
                    (_("In words"), row.refused_words),
                ]
            ),
        ]
    elif row.state == AccessRequest.State.NOTHING_FOUND:
        said.append(Text(_("Nothing is recorded, or nothing is kept any more, of the minutes you named.")))
        said += _bullets(_not_there(row.lines))
    elif row.answer == AccessRequest.Answer.VIEWING:
        said.append(
            Text(_("You viewed the images on site on %(date)s.") % {"date": _moment(row.answered_at)})
        )
    else:
        said.append(
            Text(
                _(
                    "A copy is handed to you in which the other people cannot be recognised. The original "
                    "shows them and stays with the centre."
                )
            )
        )
        said.append(_copies(row))
    return _letter(
        row,
        _("Answer to your request for images of yourself"),
        row.answered_at,
        [Recipient(_person(row)), *said, _asked(row.lines), *_rights()],
    )


def _letter(row: Paper, title: str, at: dt.datetime | None, blocks: Sequence[Block]) -> Document:
    return Document(
        title=title,
        blocks=blocks,
        made_at=at or row.received_at,
        number=row.number,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        exercise=row.exercise,
        data={
            "number": row.number,
            "state": row.state,
            "minutes": [
                {
                    "cameras": [camera.code for camera in line.cameras.all()],
                    "from": line.since,
                    "to": line.until,
                    "extraction": line.extraction.number if line.extraction else None,
                    "manifest_sha256": line.extraction.manifest_sha256 if line.extraction else None,
                }
                for line in row.lines
            ],
        },
    )


def _about(row: Requisition) -> list[tuple[str, str]]:
    return [
        (_("Requisition"), f"{row.reference} · {date_format(row.dated_on)}"),
        (_("Authority"), ", ".join(filter(None, (row.authority, row.unit)))),
        (_("Legal ground"), str(row.get_ground_display())),
    ]


def _kept(row: Requisition) -> list[tuple[str, str]]:
    """Of a hold, until when it kept them and by which papers it was made longer."""
    if row.kept_until is None:
        return []
    longer = [
        (
            _("Made longer"),
            _("to %(until)s, by %(reference)s of %(date)s, %(authority)s")
            % {
                "until": _moment(one.kept_until),
                "reference": one.reference,
                "date": date_format(one.dated_on),
                "authority": one.authority,
            },
        )
        for one in row.extensions.all()
        if one.state == one.State.AGREED
    ]
    return [*longer, (_("Kept until"), _moment(row.kept_until))]


def _author(row: Requisition) -> list[str]:
    who = ", ".join(filter(None, (row.opj_name, row.opj_quality)))
    return [line for line in (who, row.unit, row.authority) if line]


def _person(row: AccessRequest) -> list[str]:
    if not row.person:
        return [_("(name erased: its time is over)")]
    return [row.person, *row.contact.splitlines()]


def _contents(row: Requisition) -> Table:
    lines = [line for line in row.lines if line.extraction is not None]
    return Table(
        [_("Package"), _("Cameras"), _("From – to"), _("SHA-256 of the manifest")],
        [
            [
                line.extraction.number if line.extraction else "",
                _codes(line),
                f"{_moment(line.since)} – {_moment(line.until)}",
                line.extraction.manifest_sha256 if line.extraction else "",
            ]
            for line in lines
        ],
        widths=(14, 18, 26, 42),
    )


def _asked(lines: Sequence[AskedMinutes]) -> Table:
    return Table(
        [_("Cameras"), _("From"), _("Until")],
        [[_codes(line), _moment(line.since), _moment(line.until)] for line in lines],
        widths=(44, 28, 28),
    )


def _missing(row: Requisition) -> list[Block]:
    lost = [line for line in row.lines if line.lost_since is not None or line.due_at is None]
    if not lost:
        return []
    words = [
        _("%(cameras)s: nothing before %(moment)s is kept any more.")
        % {"cameras": _codes(line), "moment": _moment(line.lost_since)}
        for line in lost
        if line.lost_since
    ]
    words += _not_there([line for line in lost if not line.lost_since])
    return [Heading(_("What was not there when your paper came"), 2), Bullets(words)]


def _not_there(lines: Sequence[AskedMinutes]) -> list[str]:
    """By camera: destroyed on which day, or never recorded."""
    fates = became.of_lines(lines)
    return [
        _("%(camera)s, from %(since)s to %(until)s: %(words)s.")
        % {
            "camera": fate.code,
            "since": _moment(line.since),
            "until": _moment(line.until),
            "words": fate.words,
        }
        for line in lines
        for fate in fates.get(line.pk, [])
        if fate.words
    ]


def _bullets(words: list[str]) -> list[Block]:
    return [Bullets(words)] if words else []


def _copies(row: AccessRequest) -> Table:
    found = [
        line.extraction.blurred
        for line in row.lines
        if line.extraction and hasattr(line.extraction, "blurred")
    ]
    return Table(
        [_("Copy"), _("SHA-256 of its manifest")],
        [[copy.number, copy.manifest_sha256] for copy in found],
        widths=(35, 65),
    )


def _rights() -> list[Block]:
    return [
        Heading(_("Your rights"), 2),
        Text(
            _(
                "You may write to the data protection officer of the centre, complain to the CNIL "
                "(www.cnil.fr), and go before the administrative court."
            )
        ),
        Note("RGPD, art. 12, 15, 77, 79"),
    ]


def _first_due(row: AccessRequest) -> dt.date:
    """The day said when it came, whatever was made of it since."""
    return a_month_after(timezone.localdate(row.received_at))


def _codes(line: AskedMinutes) -> str:
    return ", ".join(camera.code for camera in line.cameras.all())


def _moment(at: dt.datetime | None) -> str:
    return date_format(timezone.localtime(at), "d/m/Y H:i:s") if at else "—"
