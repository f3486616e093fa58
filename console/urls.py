from __future__ import annotations

from django.urls import path

from console import acts, signals, views
from console.past import past_json
from console.preroll import preroll
from console.wall import pages
from console.wall import views as wall

app_name = "console"
urlpatterns = [
    path("", views.room, name="room"),
    path("wall/", views.wall, name="wall"),
    path("wall/push/", wall.push, name="push"),
    path("wall/give-back/", wall.give_back, name="give_back"),
    path("layouts.json", wall.layouts_json, name="layouts"),
    path("layouts/", wall.save, name="save_layout"),
    path("layouts/<int:pk>/remove/", wall.remove, name="remove_layout"),
    path("tours/", wall.save_tour, name="save_tour"),
    path("tours/report/", pages.wall_tours, name="wall_tours"),
    path("tours/report.json", wall.tours_report, name="tours_report"),
    path("tours/<int:pk>/remove/", wall.remove_tour, name="remove_tour"),
    path("owed/", views.owed, name="owed"),
    path("owed/<int:pk>/again/", views.owed_again, name="owed_again"),
    path("exercise/", views.exercise, name="exercise"),
    path("exercise/<str:code>/press/", views.exercise_press, name="exercise_press"),
    path("state.json", views.state_json, name="state"),
    path("cameras.json", views.cameras_json, name="cameras"),
    path("sites.json", views.sites_json, name="sites"),
    path("search.json", views.search_json, name="search"),
    path("worth.json", views.worth_json, name="worth"),
    path("sites/<str:code>/plan", views.site_plan, name="site_plan"),
    path("incidents/<int:pk>/", views.incident, name="incident"),
    path("past.json", past_json, name="past"),
    path("incidents/<int:pk>/before/", preroll, name="preroll"),
    path("signals/<int:pk>/", signals.signal, name="signal"),
    path("signals/<int:pk>/judge/", signals.judge, name="signal_judge"),
    path("signals/<int:pk>/clip/", signals.clip, name="signal_clip"),
    path("incidents/<int:pk>/take/", acts.take, name="take"),
    path("incidents/<int:pk>/assign/", acts.assign, name="assign"),
    path("incidents/<int:pk>/release/", acts.release, name="release"),
    path("incidents/<int:pk>/doubt/", acts.doubt, name="doubt"),
    path("incidents/<int:pk>/state/", acts.state, name="incident_state"),
    path("incidents/<int:pk>/priority/", acts.priority, name="priority"),
    path("incidents/<int:pk>/note/", acts.note, name="note"),
    path("incidents/<int:pk>/link/", acts.link, name="link"),
    path("incidents/<int:pk>/message/", acts.message, name="message"),
    path("incidents/<int:pk>/steps/<int:step_pk>/", acts.step, name="step"),
    path("incidents/<int:pk>/close/", acts.close, name="close"),
]
