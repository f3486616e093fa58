"""The button page: a web page that is an alert button, installable and usable without a network."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alerts.button_words import WORDS, every_language

# What the page needs with no network. The modules are listed here because nothing bundles them.
SHELL = [
    "vendor/fonts/fonts.css",
    "vendor/fonts/ibm-plex-sans-latin-400-normal.woff2",
    "vendor/fonts/ibm-plex-sans-latin-500-normal.woff2",
    "vendor/fonts/ibm-plex-sans-latin-600-normal.woff2",
    "css/tokens.css",
    "css/elements.css",
    "css/acts.css",
    "css/button.css",
    "css/button-call.css",
    *(
        f"js/button/{name}.js"
        for name in (
            "call",
            "centre",
            "cues",
            "follow",
            "hold",
            "main",
            "outbox",
            "place",
            "screens",
            "settings",
            "setup",
            "store",
            "talk",
            "trial",
            "words",
        )
    ),
    "icons/button-192.png",
    "icons/button-512.png",
    "icons/button.svg",
]


@require_safe
@never_cache
def button(request: HttpRequest) -> HttpResponse:
    """The same page for everybody: it holds no key and knows no site before the phone says so."""
    words = every_language()
    return render(
        request,
        "alerts/button.html",
        {
            "words": words,
            "w": words.get(get_language() or "", words[settings.LANGUAGES[0][0]]),
            "languages": settings.LANGUAGES,
            "centre": settings.CENTRE_NAME,
        },
    )


@require_safe
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. A changed file changes its text, so that phones fetch the new page."""
    constants = {
        "VERSION": _version(),
        "PAGE": reverse("alerts:button"),
        "SHELL": [static(path) for path in _present()],
    }
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in constants.items())
    return HttpResponse(
        head + _read("js/button/sw.js").decode(),
        content_type="text/javascript",
        headers={"Service-Worker-Allowed": reverse("alerts:button")},
    )


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to install the page."""
    page = reverse("alerts:button")
    icons = [
        {"src": static("icons/button-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("icons/button-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": static("icons/button-maskable-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
        {"src": static("icons/button.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    return JsonResponse(
        {
            "id": page,
            "name": f"{WORDS['title']} · {settings.CENTRE_NAME}",
            "short_name": str(WORDS["alert"]),
            "lang": get_language(),
            "start_url": page,
            "scope": page,
            "display": "standalone",
            "orientation": "portrait",
            "background_color": "#0c1116",
            "theme_color": "#0c1116",
            "icons": icons,
        },
        content_type="application/manifest+json",
        headers={"Vary": "Accept-Language"},
    )


def _present() -> list[str]:
    return [path for path in SHELL if finders.find(path)]


def _read(path: str) -> bytes:
    found = finders.find(path)
    return Path(found).read_bytes() if isinstance(found, str) else b""


@cache
def _version() -> str:
    digest = hashlib.sha256()
    for path in [*_present(), "js/button/sw.js"]:
        digest.update(_read(path))
    digest.update(json.dumps(every_language(), sort_keys=True).encode())
    return digest.hexdigest()[:16]
