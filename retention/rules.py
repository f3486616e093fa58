"""The rules of every app, found beside their models (`<app>/retention.py`, like the admin's autodiscovery).

Apps below this one declare rules too, so a declaration is a plain dict; here it becomes a typed Rule:

    what    "alerts.Site", or "alerts.Site:plan" for a part of a row
    clock   the field that counts from, through relations if need be
    days    kept so long unless the centre sets another limit
    family  the line of law §1.9 (families.py)
    basis   why
    name    what people call it, where the model's own name is not enough: a part, or a library's model
    where   further conditions on the rows ({"state": "retired"})
    due     instead of `clock` and `where`: a callable (moment before which, QuerySet) -> QuerySet
    erase   blank these columns instead of removing the row: a dict, or a callable (rows) -> int
    at_least  no limit may be shorter: PostgreSQL itself does not let younger rows go
    authorised  a callable: the most days an authorisation in force allows now, None without one
    keeper  dotted path of a keeper (keepers.py), for rows with files of their own
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string, module_has_submodule

from retention.families import GROUNDS, Family
from retention.keepers import Keeper
from retention.models import Limit

Rows = models.QuerySet[Any]
KEYS = {
    "what",
    "clock",
    "days",
    "family",
    "basis",
    "name",
    "where",
    "due",
    "erase",
    "keeper",
    "at_least",
    "authorised",
}


@dataclass(frozen=True)
class Rule:
    what: str
    clock: str
    days: int
    family: Family
    basis: str | Promise
    name: str | Promise = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    due: Callable[[dt.datetime, Rows], Rows] | None = None
    erase: Mapping[str, Any] | Callable[[Rows], int] | None = None
    keeper: str = ""
    at_least: int = 0
    authorised: Callable[[], int | None] | None = None

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.what.partition(":")[0])

    @property
    def words(self) -> str:
        return str(self.name or self.model._meta.verbose_name_plural)

    @property
    def most_days(self) -> int | None:
        """What the law and the authorisations in force allow together."""
        found = [self.longest_days, self.authorised() if self.authorised else None]
        return min((days for days in found if days is not None), default=None)

    @property
    def rows(self) -> Rows:
        return self.model._default_manager.all()

    @property
    def longest_days(self) -> int | None:
        return GROUNDS[self.family].longest_days

    def expired(self, now: dt.datetime, days: int) -> Rows:
        """Rows past their limit, oldest first, save those something that is still kept points to."""
        before = now - dt.timedelta(days=days)
        if self.due is not None:
            return self.due(before, self.rows)
        moment: Any = before
        if isinstance(self.clock_field, models.DateField) and not self.counts_moments:
            moment = timezone.localdate(before)
        rows = self.rows.filter(**{**self.where, f"{self.clock}__lt": moment})
        if self.erase is None:
            rows = rows.filter(*(~Exists(used) for used in self._pointing()))
        return rows.order_by(self.clock, "pk")

    @property
    def clock_field(self) -> models.Field[Any, Any]:
        model, found = self.model, None
        for name in self.clock.split("__"):
            found = model._meta.get_field(name)
            if found.is_relation and isinstance(found.related_model, type):
                model = found.related_model
        if not isinstance(found, models.Field):
            raise ImproperlyConfigured(f"{self.what}: the clock {self.clock} is no field")
        return found

    @property
    def counts_moments(self) -> bool:
        return isinstance(self.clock_field, models.DateTimeField)

    def _pointing(self) -> list[Rows]:
        """Rows that would not let one of ours go."""
        return [
            relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            for relation in self.model._meta.related_objects
            if getattr(relation, "on_delete", None) in (models.PROTECT, models.RESTRICT)
            and isinstance(relation.related_model, type)
        ]

    def kept_by(self) -> Keeper | None:
        return import_string(self.keeper)() if self.keeper else None


@cache
def rules() -> dict[str, Rule]:
    """Every rule, the top layer's first: what points to other rows goes before them."""
    found: dict[str, Rule] = {}
    for config in reversed(list(apps.get_app_configs())):
        # Only beside the app's own module: a namesake elsewhere on the path is not it.
        if config.module is None or not module_has_submodule(config.module, "retention"):
            continue
        for told in import_module(f"{config.name}.retention").RULES:
            rule = _rule(told)
            if rule.what in found:
                raise ImproperlyConfigured(f"two rules for {rule.what}")
            found[rule.what] = rule
    return found


def words_of(what: str) -> str:
    """What people call it; its code where the rule is gone."""
    rule = rules().get(what)
    return rule.words if rule else what


def _rule(told: Mapping[str, Any]) -> Rule:
    if unknown := set(told) - KEYS:
        raise ImproperlyConfigured(f"{told.get('what')}: a rule has no {', '.join(sorted(unknown))}")
    try:
        rule = Rule(**{**told, "family": Family(told["family"])})
    except (KeyError, TypeError, ValueError) as error:
        raise ImproperlyConfigured(f"{told.get('what')}: {error}") from error
    if rule.longest_days is not None and rule.days > rule.longest_days:
        raise ImproperlyConfigured(
            f"{rule.what}: {rule.days} days are more than the law's {rule.longest_days}"
        )
    return rule


def days_of(what: str) -> int:
    """The limit in force: the centre's, else the rule's; whatever a row says, never over the law's."""
    return limits([what])[what]


def limits(names: list[str] | None = None) -> dict[str, int]:
    known = rules()
    names = list(known) if names is None else names
    told = dict(Limit.objects.filter(what__in=names).values_list("what", "days"))
    return {what: _under_the_law(known[what], told.get(what, known[what].days)) for what in names}


def _under_the_law(rule: Rule, days: int) -> int:
    return days if rule.longest_days is None else min(days, rule.longest_days)


def bounds(what: str) -> tuple[int, int | None]:
    """The least and the most days a limit may say now. Raises KeyError for what has no rule."""
    rule = rules()[what]
    return rule.at_least, rule.most_days


def sync() -> list[str]:
    """A row for each rule that has none, with the rule's own figures. Safe to repeat."""
    known = rules()
    missing = sorted(set(known) - set(Limit.objects.values_list("what", flat=True)))
    Limit.objects.bulk_create(
        [
            Limit(
                what=what,
                family=known[what].family,
                days=min(known[what].days, known[what].most_days or known[what].days),
                source=GROUNDS[known[what].family].source,
            )
            for what in missing
        ],
        ignore_conflicts=True,
    )
    return missing
