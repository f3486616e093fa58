"""Where each door is."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import JavaScriptCatalog
from drf_spectacular.views import SpectacularAPIView

from nice_supervision import health, metrics
from nice_supervision.home import home

api: list[URLPattern | URLResolver] = [
    path("", include("alerts.api_urls")),
    path("", include("patrols.api_urls")),
    path("", include("cameras.api_urls")),
    path("", include("footage.api_urls")),
    path("", include("evidence.api_urls")),
    path("", include("detection.api_urls")),
    path(
        "schema/", SpectacularAPIView.as_view(permission_classes=[], authentication_classes=[]), name="schema"
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    path("button/", include("alerts.urls")),
    path("console/", include("console.urls")),
    path("detection/", include("detection.urls")),
    path("legal/", include("legal.urls")),
    path("retention/", include("retention.urls")),
    path("footage/", include("footage.replay_urls")),
    path("evidence/", include("evidence.urls")),
    path("tours/", include("cameras.urls")),
    path("i18n/catalog.js", JavaScriptCatalog.as_view(), name="catalog"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
]

handler404 = "nice_supervision.nowhere.not_found"
handler500 = "nice_supervision.outage.server_error"
