from __future__ import annotations

from django.urls import path

from detection import views

app_name = "detection"
urlpatterns = [
    path("", views.home, name="home"),
    path("stop/", views.stop, name="stop"),
    path("allow/", views.allow, name="allow"),
    path("profiles/<int:pk>/switch/", views.switch, name="switch"),
    path("authorisations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("authorisations/<int:pk>/papers/<slug:name>/", views.paper, name="paper"),
    path("week/", views.week, name="week"),
    path("register.csv", views.register_csv, name="register_csv"),
]
