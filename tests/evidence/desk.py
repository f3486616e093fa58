"""The desk of who receives papers: what is typed, through the pages."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from evidence.models import AccessRequest, Requisition

SECONDS = dt.timedelta(seconds=1)
PDF = b"%PDF-1.4\n% a paper\n%%EOF\n"
CHECKS = {"checks": Requisition.Check.values}


def local(moment: dt.datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")


def line(since: dt.datetime, until: dt.datetime, codes: str = "C885", number: int = 0) -> dict[str, str]:
    said = {"codes": codes, "since": local(since), "until": local(until)}
    return {f"{number}-{name}": value for name, value in said.items()}


def paper(**said: Any) -> dict[str, Any]:
    return {
        "lines": "1",
        "demand": "hand_over",
        "ground": "cpp_77_1_1",
        "reference": "PV 2026/0412",
        "dated_on": timezone.localdate().isoformat(),
        "authority": "Tribunal judiciaire",
        "unit": "Commissariat central",
        "opj_quality": "Officier de police judiciaire",
    } | said


def scan(content: bytes = PDF, name: str = "../../etc/passwd.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def errors(answer: Any) -> list[str]:
    """What the page says went wrong."""
    return re.findall(r'role="alert">(.*?)</(?:p|div)>', answer.content.decode(), re.DOTALL)


def entered(client: Client, since: dt.datetime, **said: Any) -> Requisition:
    """A paper over the eight seconds recorded."""
    answer = client.post("/evidence/receive/", paper() | line(since, since + 8 * SECONDS) | said)
    assert answer.status_code == 302, errors(answer)
    return Requisition.objects.latest("pk")


def act(client: Client, row: Requisition, verb: str, status: int = 302, **said: Any) -> str:
    answer = client.post(f"/evidence/requisitions/{row.pk}/{verb}/", said)
    assert answer.status_code == status, errors(answer)
    row.refresh_from_db()
    return answer.content.decode()


def asked(client: Client, since: dt.datetime, **said: Any) -> AccessRequest:
    typed = {"lines": "1", "person": "A person", "contact": "1 rue de l’Exercice", "described": "Red coat"}
    answer = client.post("/evidence/access/receive/", typed | line(since, since + 8 * SECONDS) | said)
    assert answer.status_code == 302, errors(answer)
    return AccessRequest.objects.latest("pk")


def act_on(client: Client, row: AccessRequest, verb: str, status: int = 302, **said: Any) -> str:
    answer = client.post(f"/evidence/access/{row.pk}/{verb}/", said)
    assert answer.status_code == status, errors(answer)
    row.refresh_from_db()
    return answer.content.decode()
