from __future__ import annotations

from django.urls import path

from footage import api, still_api
from footage.health import api as health

urlpatterns = [
    path("work-orders/", health.WorkOrdersView.as_view(), name="api-work-orders"),
    path("availability/", health.AvailabilityView.as_view(), name="api-availability"),
    path("cameras/<str:code>/still/", still_api.StillView.as_view(), name="api-camera-still"),
    path("looks/", api.LooksView.as_view(), name="api-looks"),
    path("looks/renew/", api.RenewView.as_view(), name="api-looks-renew"),
    path("looks/end/", api.EndView.as_view(), name="api-looks-end"),
]
