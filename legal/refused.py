"""What the law refuses and the centre therefore does not have, with why, sources and when to look again.

Law changes: each entry has the day its sources were read and the day somebody has to read them again. Where a source
could not be read, `verified` says so. `packages` and `names` are what a test looks for in the lock files and the code.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

READ_ON = dt.date(2026, 11, 22)
SOON, LATER = dt.date(2027, 5, 22), dt.date(2027, 11, 22)


@dataclass(frozen=True)
class Refusal:
    code: str
    title: str | Promise
    what: str | Promise  # what is not built
    why: str | Promise
    sources: tuple[str, ...]
    law: str  # the requirement of the project's law book
    review_on: dt.date
    instead: str | Promise = ""
    verified: bool = True
    # Distributions and npm packages, normalised; a star stands for any ending.
    packages: tuple[str, ...] = ()
    # Names in code, as a regular expression on words in snake_case.
    names: str = ""

    @property
    def to_be_reviewed(self) -> bool:
        return self.review_on <= timezone.localdate()


REFUSED = (
    Refusal(
        code="face",
        title=_("Facial recognition and any other recognition of a person by the body"),
        what=_(
            "Nothing recognises, compares or follows a person by face, gait, voice or looks, not even as an option."
        ),
        why=_(
            "Real-time remote biometric identification in public places is prohibited save three narrow cases with"
            " prior authorisation, none of them a town's. For two lycées, one of them at Nice, the CNIL found it"
            " neither necessary nor proportionate, and the court annulled the decision."
        ),
        sources=(
            "Règlement (UE) 2024/1689, art. 5(1)(h)",
            "CNIL, octobre 2019, lycées de Nice et de Marseille",
            "TA Marseille, 27 février 2020",
            "Loi 2023-380 du 19 mai 2023, art. 10",
        ),
        law="L-22, L-70",
        review_on=LATER,
        instead=_("An operator looks, for a reason that is written down."),
        packages=(
            *(
                "face-recognition*",
                "facenet*",
                "deepface*",
                "insightface*",
                "retinaface*",
                "retina-face*",
                "dlib*",
            ),
            *("arcface*", "mtcnn*", "compreface*", "keras-vggface*", "face-api*", "torchreid*", "fastreid*"),
            *("opengait*", "speechbrain*", "resemblyzer*", "pyannote*", "deepsort*", "deep-sort*", "boxmot*"),
        ),
        names=r"face_?(recogn|match|embed|encod|detect|id\b)|recogn\w*_?face|biometric_?(id|match|embed)|re_?identif"
        r"|gait_?|voice_?print",
    ),
    Refusal(
        code="plates",
        title=_("Reading of number plates"),
        what=_(
            "No picture is turned into a plate. Vehicles pass a reserved access by a transponder, not by a plate."
        ),
        why=_(
            "Automatic plate reading is for the national police, the gendarmerie and customs, for listed crimes."
            " Towns were refused it by the Conseil d'État and put on notice by the CNIL."
        ),
        sources=(
            "CSI L233-1, L233-2",
            "Conseil d'État, 27 juin 2016, n° 385091 (Gujan-Mestras)",
            "CNIL, délibération 2014-219 du 22 mai 2014",
            "CNIL, 25 août 2020",
        ),
        law="L-40, L-42, L-43",
        review_on=SOON,
        instead=_("An agent reads a plate with the eyes and types it, where an act says so."),
        packages=(
            "openalpr*",
            "fast-alpr*",
            "fast-plate-ocr*",
            "easyocr*",
            "paddleocr*",
            "pytesseract*",
            "tesseract*",
        ),
        names=r"\b(anpr|alpr)\b|plate_?(read|recogn|ocr|detect)|read_?plate|recognise_?plate",
    ),
    Refusal(
        code="citizens",
        title=_("Live video or sound sent by citizens"),
        what=_(
            "No telephone of a passer-by sends pictures or sound to the room; neighbours write words only."
        ),
        why=_(
            "Tried at Nice in 2018: for the CNIL the legal ground was fragile, because private telephones fit badly"
            " into the law of video protection, and the instant collection of other people's image and voice was"
            " out of proportion."
        ),
        sources=(
            "CNIL, 15 mars 2018, application « Reporty »",
            "Circulaire du 30 avril 2019, participation citoyenne",
        ),
        law="L-71, L-72",
        review_on=LATER,
        instead=_("Alert buttons and call points: fixed, short, for one purpose."),
        packages=("getusermedia*", "simple-peer*", "peerjs*", "recordrtc*"),
        names=r"getusermedia|mediarecorder|citizen_?(video|stream|camera)",
    ),
    Refusal(
        code="weapons",
        title=_("Detection of weapons in pictures"),
        what=_("No software looks for weapons."),
        why=_(
            "The one law that allowed it was an experiment for large events, on a prefect's order, and ended on 31"
            " March 2025; its public evaluation called it uneven. The Conseil d'État has since said that the code"
            " cannot be read as allowing automated analysis of the public road."
        ),
        sources=(
            "Loi 2023-380 du 19 mai 2023, art. 10; décret 2023-828",
            "Conseil constitutionnel, 24 avril 2025, n° 2025-878 DC",
            "Conseil d'État, 30 janvier 2026, n° 506370 (commune de Nice)",
        ),
        law="L-20, L-26",
        review_on=SOON,
        instead=_("Whoever sees a weapon presses a button or calls; the cameras turn there."),
        packages=("weapon*", "gun-detect*"),
        names=r"weapon_?(detect|model|class)|gun_?detect|detect_?weapon",
    ),
    Refusal(
        code="search",
        title=_("Search of recordings by what somebody looks like"),
        what=_("Recordings are found by time, camera and bookmark; never by clothes, colour, bag or build."),
        why=_(
            "A search of recorded pictures by a machine is an analysis of them like any other, and no text allows"
            " it to a town. A look at a recording stays a person's, with its reason."
        ),
        sources=(
            "Conseil d'État, 30 janvier 2026, n° 506370 (commune de Nice)",
            "CNIL, mise en demeure, 2024",
        ),
        law="L-28",
        review_on=SOON,
        verified=False,
        instead=_("The moments before an alert, and the day of a camera on one line."),
        packages=("open-clip*", "clip-*", "faiss*", "sentence-transformers*"),
        names=r"appearance_?(search|match|embed)|similarity_?search|attribute_?search|clothing_?(colou?r|search)",
    ),
    Refusal(
        code="listening",
        title=_("Listening to the street"),
        what=_("Cameras of the public road record no sound, and nothing analyses sounds."),
        why=_(
            "Catching words spoken in private without consent is an offence; no text of the code allows sound."
        ),
        sources=("Code pénal, art. 226-1",),
        law="W-08",
        review_on=LATER,
        verified=False,
        instead=_("Who presses a button may speak; the sound ends with the alert."),
        packages=("openai-whisper*", "vosk*", "deepspeech*"),
        names=r"gunshot|scream_?detect|sound_?classif|speech_?to_?text",
    ),
    Refusal(
        code="fines",
        title=_("Fines by a machine or from recordings"),
        what=_("Nothing writes a fine by itself, and no fine is made out of a recording."),
        why=_("A sworn agent sees the offence live on the screen: it is not an automatic radar."),
        sources=("Code de la route, R121-6, R130-11",),
        law="L-50, L-52",
        review_on=LATER,
        packages=(),
        names=r"auto_?(fine|ticket)\b|fine_?from_?record",
    ),
    Refusal(
        code="staff",
        title=_("Measuring agents by the log of consultations"),
        what=_("No page, table or export counts, compares or ranks people by what they looked at."),
        why=_(
            "The log serves to check that looks were lawful, to watch over oneself, for security and for criminal"
            " proceedings, and for nothing else."
        ),
        sources=("Loi 78-17, art. 101", "Directive (UE) 2016/680, art. 25"),
        law="L-64",
        review_on=LATER,
        names=r"operator_?(rank|score|productiv)|rank_?(operators|agents|users|staff)|staff_?(rank|score)",
    ),
)


def barred_packages(names: Iterable[str]) -> list[str]:
    """Those of these packages that would build what is refused."""
    rules = [rule for refusal in REFUSED for rule in refusal.packages]
    return sorted({name for name in names if any(_fits(_normal(name), rule) for rule in rules)})


def barred_names(words: Iterable[str]) -> list[str]:
    """Those of these names of code that say they do what is refused."""
    said = re.compile("|".join(refusal.names for refusal in REFUSED if refusal.names), re.IGNORECASE)
    return sorted({word for word in words if said.search(_snake(word)) or said.search(word)})


def _fits(name: str, rule: str) -> bool:
    return name.startswith(rule[:-1]) if rule.endswith("*") else name == rule


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.rpartition("/")[2]).lower()


def _snake(word: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).lower()
