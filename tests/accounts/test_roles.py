"""Roles of law §2.2 and separation of duties (W-01)."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts import actions, matrix, roles
from accounts.models import RoleRule, User
from accounts.rights import IMAGE_RIGHTS, Right, require
from accounts.roles import SHEETS, Role, rights_of
from doors.problems import NotAllowed


def test_each_role_of_the_law_is_a_group_with_a_rule() -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= set(Role.values)
    assert RoleRule.objects.count() == len(Role)


def test_syncing_twice_changes_nothing() -> None:
    assert not roles.sync()


def test_the_command_says_what_it_changed() -> None:
    Group.objects.filter(name="operator").delete()
    out = StringIO()
    call_command("sync_roles", stdout=out)
    assert "groups: operator" in out.getvalue()
    out = StringIO()
    call_command("sync_roles", stdout=out)
    assert out.getvalue() == "roles: up to date\n"


def test_syncing_keeps_the_rule_the_centre_chose() -> None:
    RoleRule.objects.filter(group__name="operator").update(totp_required=True, idle_lock_seconds=120)
    roles.sync()
    rule = RoleRule.objects.get(group__name="operator")
    assert (rule.totp_required, rule.idle_lock_seconds) == (True, 120)


def test_the_documented_matrix_is_the_one_in_force() -> None:
    assert matrix.path().read_text() == matrix.markdown(), "run: manage.py sync_roles --document"


def test_no_role_gives_what_it_bars() -> None:
    assert [role for role, sheet in SHEETS.items() if sheet.rights & sheet.bars] == []


def test_an_operator_works_an_incident_and_sets_nothing(operator: User) -> None:
    assert operator.roles == ("operator",)
    assert operator.may(Right.TAKE_INCIDENT)
    assert not operator.may(Right.MANAGE_ESTATE)
    assert not operator.may(Right.SEE_AUDIT)


@pytest.mark.parametrize("role", ["admin", "dpo", "site_contact"])
@pytest.mark.parametrize("other", Role.values)
def test_w01_some_roles_never_see_an_image_whatever_is_added(role: str, other: str) -> None:
    assert not rights_of([role, other]) & IMAGE_RIGHTS


def test_w01_who_extracts_neither_validates_nor_steers_even_as_supervisor() -> None:
    together = rights_of(["evidence_officer", "supervisor"])
    assert Right.ASK_EXTRACTION in together
    assert Right.VALIDATE_EXTRACTION not in together
    assert Right.STEER_CAMERA not in together


def test_w01_nobody_may_both_ask_and_validate_an_extraction() -> None:
    both = {Right.ASK_EXTRACTION, Right.VALIDATE_EXTRACTION}
    assert [pair for pair in ((a, b) for a in Role for b in Role) if both <= rights_of(pair)] == []


def test_w01_the_dpo_operates_nothing() -> None:
    assert rights_of(["dpo"]) == {Right.SEE_AUDIT, Right.KEEP_REGISTERS}


def test_w01_who_manages_accounts_reads_no_audit_and_gives_no_habilitation() -> None:
    everything = rights_of(["admin", "dpo", "supervisor", "shift_lead"])
    assert Right.SEE_AUDIT not in everything
    assert Right.MANAGE_HABILITATIONS not in everything


def test_a_superuser_has_no_right_of_the_centre() -> None:
    root = User.objects.create_superuser("root", password="x")
    assert not any(root.may(right) for right in Right)
    assert not root.has_perm("accounts.see_image")
    assert root.has_perm("accounts.change_user")


def test_a_permission_given_by_hand_is_not_a_right(operator: User) -> None:
    operator.user_permissions.add(Permission.objects.get(codename="see_audit"))
    Group.objects.get(name="operator").permissions.add(Permission.objects.get(codename="lead_room"))
    again = User.objects.get(pk=operator.pk)
    assert not again.may(Right.SEE_AUDIT)
    assert not again.may(Right.LEAD_ROOM)


def test_a_closed_account_has_no_right(operator: User) -> None:
    operator.is_active = False
    operator.save()
    assert not User.objects.get(pk=operator.pk).may(Right.SEE_ROOM)


def test_a_refusal_names_the_right_that_is_missing(operator: User) -> None:
    with pytest.raises(NotAllowed) as refusal:
        require(operator, Right.LEAD_ROOM)
    assert refusal.value.extra == {"right": "lead_room"}


def test_rights_cost_one_query(operator: User, django_assert_num_queries: object) -> None:
    person = User.objects.get(pk=operator.pk)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert person.may(Right.SEE_ROOM)
        assert not person.may(Right.LEAD_ROOM)
        assert person.roles == ("operator",)


def test_roles_are_given_by_whoever_manages_accounts(administrator: User, operator: User) -> None:
    actions.give_roles(actor=administrator, user=operator, roles=["shift_lead"])
    assert operator.roles == ("shift_lead",)
    with pytest.raises(NotAllowed):
        actions.give_roles(actor=operator, user=administrator, roles=[])


def test_nobody_changes_their_own_roles(administrator: User) -> None:
    with pytest.raises(NotAllowed) as refusal:
        actions.give_roles(actor=administrator, user=administrator, roles=["supervisor"])
    assert refusal.value.code == "own-roles"


def test_estate_managers_open_the_tables_of_the_estate(supervisor: User, operator: User) -> None:
    assert supervisor.has_perm("accounts.add_devicekey")
    assert not supervisor.has_perm("accounts.change_user")
    assert not operator.has_perm("accounts.add_devicekey")
