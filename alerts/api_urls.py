from __future__ import annotations

from django.urls import path

from alerts import api

urlpatterns = [
    path("alerts/", api.AlertsView.as_view(), name="api-alerts"),
    path("alerts/<uuid:public_id>/", api.AlertView.as_view(), name="api-alert"),
    path("alerts/<uuid:public_id>/talk/", api.TalkView.as_view(), name="api-talk"),
    path("heartbeats/", api.HeartbeatsView.as_view(), name="api-heartbeats"),
    path("device/", api.DeviceSelfView.as_view(), name="api-device"),
    path("sites/<str:code>/plan/", api.SitePlanView.as_view(), name="api-site-plan"),
]
