from __future__ import annotations

from django.urls import path

from cameras import views

app_name = "cameras"
urlpatterns = [path("", views.rounds_report, name="rounds")]
