"""One document, three forms, the same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import time
import zipfile
from xml.etree import ElementTree

import pytest

from doors.documents import (
    FORMATS,
    Bullets,
    Document,
    Fields,
    Heading,
    Note,
    Recipient,
    Signatures,
    Table,
    Text,
)
from doors.documents.typography import exercise_words, typeset

AT = dt.datetime(2026, 11, 3, 8, 15, tzinfo=dt.UTC)


def paper(**more: object) -> Document:
    blocks = [
        Recipient(["Officier de police judiciaire", "Commissariat central"]),
        Heading("Objet : remise d'images"),
        Text("L'extraction « EX-000004 » : 3 caméras, durée 20 min ; cœur à 12 € ! Numéro n° 7 ?"),
        Fields([("Empreinte SHA-256", "a1" * 32), ("Élu", "Łukasz, Ærø, Дмитрий")]),
        Table(["Caméra", "Début"], [["NICE-001", "03/11/2026 09:15:00"]] * 70, widths=(1, 2)),
        Bullets(["Premier point", "Second point"]),
        Note("Source : CSI, art. L252-5."),
        Signatures(["Pour le centre", "Pour l'autorité"]),
    ]
    return Document("Procès-verbal de remise", blocks, AT, number="RQ-000012", **more)  # type: ignore[arg-type]


def test_the_same_paper_is_the_same_bytes_whenever_it_is_made() -> None:
    first = {form: FORMATS[form].render(paper()) for form in FORMATS}
    time.sleep(1.1)  # the forms tell whole seconds
    assert {form: FORMATS[form].render(paper()) for form in FORMATS} == first
    drill = {form: FORMATS[form].render(paper(exercise=True)) for form in FORMATS}
    assert all(drill[form] != first[form] for form in FORMATS)


def test_a_pdf_is_for_an_archive_and_carries_its_letters() -> None:
    data = paper().pdf()
    assert data.startswith(b"%PDF-1.")
    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"/Lang (fr)" in data
    # Two weights of ours, and no letter of the reader's machine.
    assert set(re.findall(rb"/FontFile\d", data)) == {b"/FontFile2"}
    assert len(re.findall(rb"/Type /Page\b", data)) >= 3


def test_an_odt_is_read_by_an_office() -> None:
    with zipfile.ZipFile(io.BytesIO(paper(exercise=True).odt())) as packed:
        assert packed.namelist()[0] == "mimetype"
        assert packed.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
        text = "".join(ElementTree.fromstring(packed.read("content.xml")).itertext())
        listed = packed.read("META-INF/manifest.xml").decode()
        assert {name for name in packed.namelist() if f'"{name}"' not in listed} <= {
            "mimetype",
            "META-INF/manifest.xml",
        }
        assert "RQ-000012" in packed.read("styles.xml").decode()
    assert "Procès-verbal de remise" in text
    assert "L’extraction «\u00a0EX-000004\u00a0»\u00a0: 3 caméras" in text
    assert "Łukasz" in text and "Дмитрий" in text
    assert exercise_words(paper()).split(":")[0].strip() in text


def test_a_program_reads_the_json() -> None:
    said = json.loads(paper(data={"hours": 4, "at": AT}).json())
    assert said["data"] == {"hours": 4, "at": AT.isoformat()}
    assert said["blocks"][0] == {
        "block": "recipient",
        "lines": ["Officier de police judiciaire", "Commissariat central"],
    }


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Objet : le rapport", "Objet\u00a0: le rapport"),
        ("Vu: à 12:30, oui?", "Vu\u00a0: à 12:30, oui\u00a0?"),
        ("« ici »", "«\u00a0ici\u00a0»"),
        ("l'empreinte n° 4", "l’empreinte n°\u00a04"),
        ("https://cnil.fr/x?a=1", "https://cnil.fr/x?a=1"),
        ("2026-11-03T08:15:00Z", "2026-11-03T08:15:00Z"),
    ],
)
def test_french_is_set_as_french(typed: str, set_: str) -> None:
    assert typeset(typed, "fr") == set_
    assert typeset(typed, "en") == typed
