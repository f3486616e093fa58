from __future__ import annotations

from django.urls import include, path, re_path

import footage.extraction.views as extraction
from footage.replay import serving, views

# docs: a token opens nothing without the session it was given to; a link is for one player (replay/links.py).
DOOR = (
    r"^replay/(?P<door>hls|player)/(?P<token>[A-Za-z0-9:_.=-]{20,2000})/(?P<code>[A-Z0-9][A-Z0-9_-]{0,19})/"
)

app_name = "footage"
urlpatterns = [
    path("replay/", views.page, name="replay"),
    path("replay/day.json", views.day_json, name="day"),
    path("replay/open", views.open_, name="open"),
    path("replay/renew", views.renew, name="renew"),
    path("replay/end", views.end, name="end"),
    path("replay/link", views.link, name="link"),
    path("replay/bookmarks", views.bookmarks, name="bookmarks"),
    re_path(DOOR + r"(?P<name>master\.m3u8|media\.m3u8|index\.json)$", serving.playlist, name="playlist"),
    re_path(DOOR + r"(?P<segment>[0-9]{1,18})\.mp4$", serving.pictures, name="pictures"),
    re_path(r"^replay/(?:hls|player)/", serving.nothing, name="nothing"),
    path("health/", include("footage.health.urls")),
    path("extractions/", extraction.listing, name="extractions"),
    path("extractions/ask/", extraction.ask, name="ask"),
    path("extractions/<int:pk>/", extraction.one, name="extraction"),
    path("extractions/<int:pk>/progress/", extraction.progress, name="progress"),
    path("extractions/<int:pk>/validate/", extraction.validate, name="validate"),
    path("extractions/<int:pk>/refuse/", extraction.refuse, name="refuse"),
    path("extractions/<int:pk>/again/", extraction.again, name="again"),
    path("extractions/<int:pk>/hand-over/", extraction.hand_over, name="hand_over"),
    path("extractions/<int:pk>/hand-over-copy/", extraction.hand_over_copy, name="hand_over_copy"),
    path("extractions/<int:pk>/blurred-copy.zip", extraction.copy_package, name="copy_package"),
    path("extractions/<int:pk>/package.zip", extraction.package, name="package"),
]
