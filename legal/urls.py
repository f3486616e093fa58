from __future__ import annotations

from django.urls import path

from legal import views
from legal.pages import breaches, experiments, papers, public, recipients, state

app_name = "legal"
urlpatterns = [
    path("information/", public.information, name="information"),
    path("panel/", public.panel, name="panel"),
    path("refused/", public.refused, name="refused"),
    path("compliance/", state.compliance, name="compliance"),
    path("compliance/<slug:code>/", state.proof, name="proof"),
    path("record/", state.record, name="record"),
    path("orders/", state.orders, name="orders"),
    path("recipients/", recipients.listing, name="recipients"),
    path("recipients/record/", recipients.record, name="recipient_new"),
    path("recipients/<int:pk>/", recipients.one, name="recipient"),
    path("recipients/<int:pk>/document/", recipients.document, name="recipient_document"),
    path("recipients/<int:pk>/<slug:act>/", recipients.one, name="recipient_act"),
    path("recipients/given/<int:pk>/destroyed/", recipients.destroyed, name="recipient_destroyed"),
    path("experiments/", experiments.listing, name="experiments"),
    path("experiments/record/", experiments.record, name="experiment_new"),
    path("experiments/<int:pk>/", experiments.one, name="experiment"),
    path("experiments/<int:pk>/<slug:act>/", experiments.one, name="experiment_act"),
    path("assessments/", papers.assessments, name="assessments"),
    path("assessments/<int:pk>/", papers.assessment, name="assessment"),
    path("notices/", papers.notice_list, name="notices"),
    path("notices/<int:pk>/", papers.notice, name="notice"),
    path("notices/<int:pk>/sent/", papers.notice_sent, name="notice_sent"),
    path("breaches/", breaches.listing, name="breaches"),
    path("breaches/<int:pk>/", breaches.one, name="breach"),
    path("breaches/<int:pk>/<slug:act>/", breaches.one, name="breach_act"),
    path("consultations/", views.consultations, name="consultations"),
    path("consultations/questions/", views.questions, name="questions"),
    path("consultations/copy/", views.copy, name="copy"),
    path("authorisations/<int:pk>/document/", views.document, name="document"),
]
