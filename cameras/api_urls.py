from __future__ import annotations

from django.urls import path

from cameras import api

urlpatterns = [
    path("cameras/", api.CamerasView.as_view(), name="api-cameras"),
    path("cameras/that-see/", api.ThatSeeView.as_view(), name="api-cameras-that-see"),
    path("cameras/<str:code>/", api.CameraView.as_view(), name="api-camera"),
]
