"""The types of events as a new installation gets them: legal names, sources, what is known of each (law §1.2).

Rows, not constants: an installation changes them in the administration when the texts change. `sync` adds what is
missing and leaves what is there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from detection import parameters
from detection.codes import EventCode, Family, PlaceClass
from detection.drawn_figures import DRAWN
from detection.models import DetectorModel, EventType

REVIEW_ON = dt.date(2027, 6, 30)
EVERYWHERE = tuple(PlaceClass.values)
# Evaluation committee of the experiment, January 2025 (law S40), in a word for each.
GOOD = gettext_lazy("Public evaluation of 2025: satisfactory.")
UNCERTAIN = gettext_lazy("Public evaluation of 2025: uncertain.")
UNEVEN = gettext_lazy("Public evaluation of 2025: uneven.")
UNMEASURED = gettext_lazy("Not yet measured on real pictures.")
ON_DRAWN = gettext_lazy(
    "On drawn scenes, without a trained model: %(found)s of %(events)s found, %(false)s false."
)
OWN_WORD = gettext_lazy("The city's own word: closed sites and exercises only.")


@dataclass(frozen=True)
class _Type:
    code: EventCode
    french: str
    english: str
    article: str
    notes: tuple[Promise, ...]
    experimental: bool = False
    legal: bool = True
    place_classes: tuple[str, ...] = EVERYWHERE
    floor: float = 0.5


def _of_the_decree(number: int) -> str:
    return f"Loi n° 2023-380 du 19 mai 2023, art. 10; décret n° 2023-828 du 28 août 2023, art. 3, {number}°"


TYPES = (
    _Type(
        EventCode.ABANDONED_OBJECT,
        "Présence d’objets abandonnés",
        "Presence of abandoned objects",
        _of_the_decree(1),
        (UNEVEN,),
    ),
    _Type(
        EventCode.WRONG_WAY,
        "Non-respect, par une personne ou un véhicule, du sens de circulation commun",
        "A person or a vehicle not respecting the common direction of travel",
        _of_the_decree(3),
        (GOOD, UNMEASURED),
        experimental=True,
    ),
    _Type(
        EventCode.ZONE_INTRUSION,
        "Franchissement ou présence d’une personne ou d’un véhicule dans une zone interdite ou sensible",
        "A person or a vehicle crossing into, or present in, a forbidden or sensitive zone",
        _of_the_decree(4),
        (GOOD,),
    ),
    _Type(
        EventCode.PERSON_DOWN,
        "Présence d’une personne au sol à la suite d’une chute",
        "A person on the ground after a fall",
        _of_the_decree(5),
        (UNMEASURED,),
        experimental=True,
    ),
    _Type(
        EventCode.CROWD_MOVEMENT,
        "Mouvement de foule",
        "Crowd movement",
        _of_the_decree(6),
        (UNCERTAIN, UNMEASURED),
        experimental=True,
    ),
    _Type(
        EventCode.CROWD_DENSITY,
        "Densité trop importante de personnes",
        "Too high a density of people",
        _of_the_decree(7),
        (GOOD,),
    ),
    _Type(
        EventCode.FIRE_START,
        "Départ de feu",
        "Start of a fire",
        _of_the_decree(8),
        (UNMEASURED,),
        experimental=True,
    ),
    _Type(
        EventCode.PEOPLE_GROUPING,
        "Regroupement de personnes (ne figure pas parmi les huit événements de la loi)",
        "Grouping of people (not among the eight events of the law)",
        "RGPD; aucun texte ne l’autorise sur la voie publique ni dans un lieu ouvert au public",
        (OWN_WORD, UNMEASURED),
        experimental=True,
        legal=False,
        place_classes=(PlaceClass.CLOSED_SITE,),
    ),
)


def sync() -> list[str]:
    """A row for each type that has none, and the detector that needs no model. Safe to repeat."""
    known = set(EventType.objects.values_list("code", flat=True))
    missing = [one for one in TYPES if one.code not in known]
    with translation.override(settings.LANGUAGE_CODE):  # written once, in the city's language
        EventType.objects.bulk_create([_row(one) for one in missing], ignore_conflicts=True)
    DetectorModel.objects.get_or_create(
        name=Family.OPENCV,
        defaults={"family": Family.OPENCV, "licence": "Apache-2.0", "source": "opencv"},
    )
    return [one.code.value for one in missing]


def record_model(name: str, file: str, sha256: str, *, weights: str = "") -> DetectorModel:
    """The detector of this very file. Another file under a known name is another detector: it gets its own (L-24)."""
    if known := DetectorModel.objects.filter(sha256=sha256).first():
        return known
    taken = DetectorModel.objects.filter(name=name).exists()
    return DetectorModel.objects.create(
        name=f"{name}-{sha256[:8]}" if taken else name,
        family=Family.ULTRALYTICS,
        file=file,
        sha256=sha256,
        licence="AGPL-3.0",
        source=f"Ultralytics, {name}.pt" + (f", SHA-256 {weights}" if weights else ""),
    )


def _on_drawn(code: EventCode) -> list[str]:
    if code not in DRAWN:
        return []
    found, events, false = DRAWN[code]
    return [str(ON_DRAWN) % {"found": found, "events": events, "false": false}]


def _row(one: _Type) -> EventType:
    return EventType(
        code=one.code,
        legal_name_fr=one.french,
        legal_name_en=one.english,
        legal=one.legal,
        basis=one.article,
        review_on=REVIEW_ON,
        place_classes=list(one.place_classes),
        experimental=one.experimental,
        known=" ".join([*map(str, one.notes), *_on_drawn(one.code)]),
        floor=one.floor,
        parameters=parameters.defaults(one.code),
    )
