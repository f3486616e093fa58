from __future__ import annotations

from django.urls import path

from footage.health import views

# Names of the "footage" namespace: included by footage/replay_urls.py.
urlpatterns = [
    path("", views.listing, name="health"),
    path("faults.json", views.faults_json, name="faults"),
    path("<int:pk>/", views.one, name="work-order"),
    path("<int:pk>/assign/", views.assign, name="work-order-assign"),
    path("<int:pk>/mend/", views.mend, name="work-order-mend"),
    path("<int:pk>/dismiss/", views.dismiss, name="work-order-dismiss"),
    path("cameras/<str:code>/", views.of_camera, name="health-of-camera"),
    path("availability/", views.availability, name="availability"),
    path("availability.csv", views.availability_csv, name="availability-csv"),
]
