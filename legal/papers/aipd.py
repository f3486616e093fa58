from __future__ import annotations

import json

from django.utils import timezone
from django.utils.translation import gettext as _

from doors.documents import Block, Bullets, Document, Fields, Heading, Note, Table, Text
from legal.assessments import differences, inputs_of, purposes_in_words, sha256_of
from legal.models import Controller, ImpactAssessment, PrefecturalAuthorisation
from legal.papers.giving import day, days, language, letterhead
from legal.record import activities
from legal.regimes import Regime

SCOPE = ("cctv", "extractions")


def paper(authorisation: PrefecturalAuthorisation, latest: ImpactAssessment | None) -> Document:
    """What an impact assessment weighs, from the configuration of now, with the last version's opinion (L-13)."""
    us, inputs = Controller.current(), inputs_of(authorisation)
    blocks: list[Block] = [
        letterhead(us),
        Heading(_("What is filmed and why")),
        _filmed(authorisation, inputs),
    ]
    for one in activities():
        if one.processing.code in SCOPE:
            blocks += [
                Heading(str(one.processing.title)),
                Fields(
                    [
                        (_("People concerned"), str(one.processing.people)),
                        (_("Data"), str(one.processing.data)),
                        (_("Recipients"), "; ".join(one.processing.recipients)),
                    ]
                ),
                Bullets([str(measure) for measure in one.processing.measures]),
                Table(
                    [_("What"), _("Kept"), _("Source")],
                    [
                        [line["name"], days(line["days"]), line["source"] or line["basis"]]
                        for line in one.kept
                    ],
                    (4, 2, 5),
                ),
            ]
    blocks += _opinion(latest, inputs)
    return Document(
        title=_("Inputs of the impact assessment (AIPD)"),
        number=authorisation.number,
        blocks=blocks,
        made_at=timezone.now(),
        language=language(),
        exercise=us.exercise,
        data={"inputs": inputs, "sha256": sha256_of(inputs)},
    )


def _filmed(authorisation: PrefecturalAuthorisation, inputs: dict[str, object]) -> Block:
    purposes, regimes = inputs["purposes"], inputs["regimes"]
    assert isinstance(purposes, list) and isinstance(regimes, list)
    return Fields(
        [
            (_("Order of the prefect"), f"{authorisation.number}, {day(authorisation.signed_on)}"),
            (_("Until"), day(authorisation.expires_on)),
            (_("Cameras"), str(inputs["cameras"])),
            (_("Purposes"), "; ".join(purposes_in_words(purposes))),
            (_("Regime"), "; ".join(str(Regime(one).label) for one in regimes)),
            (_("Recordings, at most"), days(authorisation.max_retention_days)),
        ]
    )


def _opinion(latest: ImpactAssessment | None, inputs: dict[str, object]) -> list[Block]:
    if latest is None:
        return [Heading(_("Assessment")), Text(_("None was recorded yet."))]
    now = json.loads(json.dumps(inputs))
    changed = [[name, before, after] for name, before, after in differences(latest.inputs, now)]
    blocks: list[Block] = [
        Heading(_("Assessment, version %(version)s") % {"version": latest.version}),
        Text(latest.words or "—"),
        Fields(
            [
                (_("Made on"), day(latest.made_on)),
                (_("Opinion of the data protection officer"), str(latest.get_opinion_display())),
                (_("Given on"), day(latest.opinion_on)),
                (_("What the officer says"), latest.opinion_words or "—"),
                ("SHA-256", latest.inputs_sha256),
            ]
        ),
    ]
    if changed:
        blocks += [
            Note(_("The configuration has changed since this version:")),
            Table([_("What"), _("As it was"), _("As it is")], changed, (3, 5, 5)),
        ]
    return blocks
