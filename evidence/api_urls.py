from __future__ import annotations

from django.urls import path

from evidence import api

urlpatterns = [
    path("requisitions/", api.RequisitionsView.as_view(), name="api-requisitions"),
    path("requisitions/<int:pk>/", api.RequisitionView.as_view(), name="api-requisition"),
]
