from __future__ import annotations

from django.urls import path

from detection import api

urlpatterns = [
    path("signals/", api.SignalsView.as_view(), name="signals"),
    path("signals/<int:pk>/", api.SignalView.as_view(), name="signal"),
    path("signals/<int:pk>/judgement/", api.JudgementView.as_view(), name="signal-judgement"),
    path("detection/profiles/", api.ProfilesView.as_view(), name="watch-profiles"),
    path("detection/profiles/<int:pk>/switch/", api.SwitchView.as_view(), name="watch-switch"),
    path("detection/stop/", api.StopView.as_view(), name="watch-stop"),
    path("detection/allow/", api.AllowView.as_view(), name="watch-allow"),
]
