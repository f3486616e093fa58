from __future__ import annotations

from django.urls import path

from evidence import api

urlpatterns = [
    path("requisitions/", api.RequisitionsView.as_view(), name="api-requisitions"),
    path("requisitions/<int:pk>/", api.RequisitionView.as_view(), name="api-requisition"),
    path("requisitions/<int:pk>/paper/", api.PaperView.as_view(), name="api-requisition-paper"),
    path("requisitions/<int:pk>/extensions/", api.ExtensionsView.as_view(), name="api-hold-extensions"),
    path(
        "requisitions/<int:pk>/extensions/<int:extension>/paper/",
        api.ExtensionPaperView.as_view(),
        name="api-hold-extension-paper",
    ),
]
