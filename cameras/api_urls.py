from __future__ import annotations

from django.urls import path, re_path

from cameras import api
from cameras.steering import api as steering_api
from cameras.tours import api as rounds_api

urlpatterns = [
    path("cameras/", api.CamerasView.as_view(), name="api-cameras"),
    path("cameras/that-see/", api.ThatSeeView.as_view(), name="api-cameras-that-see"),
    path("cameras/holds/", steering_api.HoldsView.as_view(), name="api-holds"),
    path("cameras/follow/", steering_api.FollowView.as_view(), name="api-follow"),
    path("cameras/requests/<int:pk>/", steering_api.RequestView.as_view(), name="api-camera-request"),
    path("cameras/<str:code>/", api.CameraView.as_view(), name="api-camera"),
    path("cameras/<str:code>/hold/", steering_api.HoldView.as_view(), name="api-hold"),
    path("cameras/<str:code>/ask/", steering_api.AskView.as_view(), name="api-ask"),
    path("cameras/<str:code>/aim/", steering_api.AimView.as_view(), name="api-aim"),
    path("cameras/<str:code>/presets/", steering_api.PresetsView.as_view(), name="api-presets"),
    path("cameras/<str:code>/presets/view/", steering_api.ViewView.as_view(), name="api-preset-view"),
    path("tours/", rounds_api.ToursView.as_view(), name="api-tours"),
    path("tours/report/", rounds_api.ReportView.as_view(), name="api-tours-report"),
    path("tours/<int:pk>/start/", rounds_api.StartView.as_view(), name="api-tour-start"),
    re_path(
        r"^rounds/(?P<pk>\d{1,18})/(?P<act>next|pause|stop|tag)/$",
        rounds_api.RoundView.as_view(),
        name="api-round",
    ),
]
