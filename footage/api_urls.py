from __future__ import annotations

from django.urls import path

from footage import api, still_api

urlpatterns = [
    path("cameras/<str:code>/still/", still_api.StillView.as_view(), name="api-camera-still"),
    path("looks/", api.LooksView.as_view(), name="api-looks"),
    path("looks/renew/", api.RenewView.as_view(), name="api-looks-renew"),
    path("looks/end/", api.EndView.as_view(), name="api-looks-end"),
]
