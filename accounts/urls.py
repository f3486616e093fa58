from __future__ import annotations

from django.conf import settings
from django.urls import path

from accounts import lock, oidc_views, seats, second_step, views

app_name = "accounts"
urlpatterns = [
    path("", views.me, name="me"),
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("language/", views.language, name="language"),
    path("password/", views.ChangePassword.as_view(), name="password"),
    path("code/", second_step.verify, name="verify"),
    path("code/enrol/", second_step.enrol, name="enrol"),
    path("code/enrol.svg", second_step.enrol_code, name="enrol_code"),
    path("code/recovery/", second_step.recovery, name="recovery"),
    path("seat/", seats.seat, name="seat"),
    path("seat/leave/", seats.leave, name="leave_seat"),
    path("state.json", lock.state, name="state"),
    path("awake/", lock.awake, name="awake"),
    path("lock/", lock.lock, name="lock"),
    path("unlock/", lock.unlock, name="unlock"),
]

if settings.OIDC_OP:
    urlpatterns += [
        path("oidc/", oidc_views.Begin.as_view(), name="oidc_begin"),
        path("oidc/callback/", oidc_views.Callback.as_view(), name="oidc_callback"),
    ]
