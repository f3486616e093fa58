from __future__ import annotations

from django.urls import path

from evidence.access import views as access
from evidence.requisitions import views as requisitions

app_name = "evidence"
urlpatterns = [
    path("", requisitions.queue, name="queue"),
    path("receive/", requisitions.receive, name="receive"),
    path("requisitions/<int:pk>/", requisitions.one, name="requisition"),
    path("requisitions/<int:pk>/check/", requisitions.check, name="check"),
    path("requisitions/<int:pk>/ask/", requisitions.ask, name="ask"),
    path("requisitions/<int:pk>/validate/", requisitions.validate, name="validate"),
    path("requisitions/<int:pk>/refuse/", requisitions.refuse, name="refuse"),
    path("requisitions/<int:pk>/hand-over/", requisitions.hand_over, name="hand_over"),
    path("requisitions/<int:pk>/release/", requisitions.release, name="release"),
    path("requisitions/<int:pk>/nothing/", requisitions.nothing_found, name="nothing_found"),
    path("requisitions/<int:pk>/attach/", requisitions.attach, name="attach"),
    path("requisitions/<int:pk>/extend/", requisitions.extend, name="extend_hold"),
    path("requisitions/<int:pk>/extension/agree/", requisitions.agree, name="agree_extension"),
    path("requisitions/<int:pk>/extension/refuse/", requisitions.refuse_extension, name="refuse_extension"),
    path("requisitions/<int:pk>/extension/attach/", requisitions.attach_to, name="attach_to_extension"),
    path("requisitions/<int:pk>/extension/<int:extension>.pdf", requisitions.paper, name="extension_paper"),
    path("requisitions/<int:pk>/paper.pdf", requisitions.paper, name="paper"),
    path("requisitions/<int:pk>/<slug:name>.<slug:form>", requisitions.letter, name="letter"),
    path("access/", access.listing, name="access"),
    path("access/receive/", access.receive, name="receive_access"),
    path("access/<int:pk>/", access.one, name="access_request"),
    path("access/<int:pk>/identify/", access.identify, name="identify"),
    path("access/<int:pk>/prepare/", access.prepare, name="prepare"),
    path("access/<int:pk>/attach/", access.attach, name="attach_drawn"),
    path("access/<int:pk>/grant/", access.grant, name="grant"),
    path("access/<int:pk>/refuse/", access.refuse, name="refuse_access"),
    path("access/<int:pk>/extend/", access.extend, name="extend"),
    path("access/<int:pk>/answer/", access.answer, name="answer"),
    path("access/<int:pk>/nothing/", access.nothing_found, name="access_nothing"),
    path("access/<int:pk>/<slug:name>.<slug:form>", access.letter, name="access_letter"),
]
