from __future__ import annotations

from django.urls import path

from retention import views

app_name = "retention"
urlpatterns = [
    path("", views.kept, name="kept"),
    path("register/", views.register, name="register"),
    path("destructions/", views.destructions, name="destructions"),
    path("limits/<str:what>/", views.limit, name="limit"),
]
