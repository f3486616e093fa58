from __future__ import annotations

from django.urls import path

from legal import views

app_name = "legal"
urlpatterns = [
    path("consultations/", views.consultations, name="consultations"),
    path("consultations/questions/", views.questions, name="questions"),
    path("consultations/copy/", views.copy, name="copy"),
    path("authorisations/<int:pk>/document/", views.document, name="document"),
]
