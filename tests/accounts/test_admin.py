from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import RoleRule, User, Workstation
from tests.accounts.conftest import PASSWORD, Someone


def person_form(person: User, **changes: object) -> dict[str, object]:
    return {
        "username": person.username,
        "first_name": "",
        "last_name": "",
        "email": "",
        "language": "en",
        "is_active": "on",
        "roles": list(person.roles),
    } | changes


def test_the_admin_uses_the_centres_own_sign_in(browser: Client) -> None:
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/sign-in/?next=%2Fadmin%2F"


@pytest.mark.parametrize(("role", "status"), [("supervisor", 200), ("technician", 200), ("admin", 200)])
def test_who_has_something_to_set_comes_in(browser: Client, someone: Someone, role: str, status: int) -> None:
    browser.force_login(someone(role))
    assert browser.get("/admin/").status_code == status


def test_a_role_opens_every_table_of_the_administration(browser: Client, someone: Someone) -> None:
    """None waits for a superuser, who is there for the first day only (law §2.2)."""
    opened: dict[str, set[str]] = {}
    for role in ("supervisor", "technician", "admin", "dpo"):
        browser.force_login(someone(role, username=role))
        for model in admin.site._registry:
            label = model._meta.label_lower
            if browser.get(f"/admin/{label.replace('.', '/')}/").status_code == 200:
                opened.setdefault(label, set()).add(role)
    assert {model._meta.label_lower for model in admin.site._registry} - set(opened) == set()
    assert opened["patrols.unit"] == opened["footage.source"] == {"supervisor", "technician"}
    assert opened["incidents.procedure"] == {"supervisor"}
    assert opened["accounts.user"] == {"admin"}
    assert opened["legal.consultation"] == {"dpo"}
    assert opened["incidents.incident"] == {"supervisor"}


def test_the_dpo_reads_registers_and_changes_none(browser: Client, someone: Someone) -> None:
    browser.force_login(someone("dpo"))
    assert "/legal/compliance/" in browser.get("/accounts/").content.decode()
    rule = RoleRule.objects.get(group__name="admin")
    page = f"/admin/accounts/rolerule/{rule.pk}/change/"
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"idle_lock_seconds": 10}).status_code == 403
    assert browser.get("/admin/accounts/habilitation/add/").status_code == 403


def test_an_operator_has_nothing_to_do_there(browser: Client, operator: User) -> None:
    browser.force_login(operator)
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/"


def test_an_administrator_makes_an_account_and_gives_it_roles(browser: Client, administrator: User) -> None:
    browser.force_login(administrator)
    answer = browser.post(
        "/admin/accounts/user/add/",
        {"username": "new", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert answer.status_code == 302, answer.context["errors"]
    new = User.objects.get(username="new")
    browser.post(f"/admin/accounts/user/{new.pk}/change/", person_form(new, roles=["operator"]))
    assert User.objects.get(pk=new.pk).roles == ("operator",)


def test_roles_that_take_from_one_another_are_told(
    browser: Client, administrator: User, operator: User
) -> None:
    browser.force_login(administrator)
    answer = browser.post(
        f"/admin/accounts/user/{operator.pk}/change/",
        person_form(operator, roles=["operator", "evidence_officer"]),
        follow=True,
    )
    assert "take away: Steer a camera" in answer.content.decode()


def test_an_administrator_cannot_raise_themselves(browser: Client, administrator: User) -> None:
    browser.force_login(administrator)
    answer = browser.post(
        f"/admin/accounts/user/{administrator.pk}/change/",
        person_form(administrator, roles=["admin", "supervisor"], is_superuser="on", is_staff="on"),
        follow=True,
    )
    administrator.refresh_from_db()
    assert administrator.roles == ("admin",)
    assert not administrator.is_superuser
    assert "Nobody changes their own roles" in answer.content.decode()


def test_an_administrator_does_not_touch_a_superuser(browser: Client, administrator: User) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    browser.force_login(administrator)
    assert browser.get(f"/admin/accounts/user/{root.pk}/change/").status_code == 302
    assert browser.get(f"/admin/accounts/user/{root.pk}/password/").status_code in {302, 403, 404}


def test_a_superuser_sets_the_centre_up(browser: Client, operator: User) -> None:
    browser.force_login(User.objects.create_superuser("root", password=PASSWORD))
    browser.post(f"/admin/accounts/user/{operator.pk}/change/", person_form(operator, roles=["supervisor"]))
    assert User.objects.get(pk=operator.pk).roles == ("supervisor",)


def test_accounts_are_closed_not_deleted(browser: Client, administrator: User, operator: User) -> None:
    browser.force_login(administrator)
    assert browser.post(f"/admin/accounts/user/{operator.pk}/delete/").status_code == 403
    browser.post(
        "/admin/accounts/user/",
        {"action": "close_accounts", "_selected_action": [operator.pk, administrator.pk]},
    )
    operator.refresh_from_db()
    administrator.refresh_from_db()
    assert (operator.is_active, administrator.is_active) == (False, True)


def test_the_rule_of_a_role_is_a_row(browser: Client, administrator: User, operator: User) -> None:
    browser.force_login(administrator)
    rule = RoleRule.objects.get(group__name="operator")
    browser.post(
        f"/admin/accounts/rolerule/{rule.pk}/change/", {"totp_required": "on", "idle_lock_seconds": "120"}
    )
    standing = User.objects.get(pk=operator.pk).standing
    assert standing.second_step_required
    assert standing.idle_lock_seconds == 120


def test_a_lock_of_two_seconds_is_refused(browser: Client, administrator: User) -> None:
    browser.force_login(administrator)
    rule = RoleRule.objects.get(group__name="operator")
    browser.post(f"/admin/accounts/rolerule/{rule.pk}/change/", {"idle_lock_seconds": "2"})
    rule.refresh_from_db()
    assert rule.idle_lock_seconds is None


def test_nobody_reads_the_secrets_of_second_steps() -> None:
    assert not admin.site.is_registered(TOTPDevice)


def test_workstations_show_who_sits_there(
    browser: Client, supervisor: User, someone: Someone, seat: Workstation
) -> None:
    sitting = Client()
    sitting.force_login(someone("operator", username="sits", first_name="Sits Here"))
    sitting.post("/accounts/seat/", {"seat": seat.pk})
    browser.force_login(supervisor)
    assert "Sits Here" in browser.get("/admin/accounts/workstation/").content.decode()


def test_admin_pages_lock_too(browser: Client, supervisor: User) -> None:
    browser.force_login(supervisor)
    assert 'id="screen-lock"' in browser.get("/admin/").content.decode()


@pytest.mark.parametrize("table", ["user", "rolerule", "workstation", "devicekey", "habilitation"])
def test_every_list_opens(browser: Client, table: str) -> None:
    browser.force_login(User.objects.create_superuser("root", password=PASSWORD))
    assert browser.get(f"/admin/accounts/{table}/").status_code == 200
