from __future__ import annotations

from django.urls import path

from patrols import api

urlpatterns = [path("positions/", api.PositionsView.as_view(), name="api-positions")]
