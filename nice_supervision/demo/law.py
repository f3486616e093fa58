"""Who answers for the demonstration city: an exercise, and every paper of it says so."""

from __future__ import annotations

from legal.models import Controller

# Offices, not people; example.org belongs to nobody (RFC 2606).
EXERCISE = {
    "name": "Commune de l’exercice",
    "represented_by": "le maire",
    "address": "Hôtel de ville\n1 place de l’Exercice\n06000 Nice",
    "rights_contact": "Bureau des droits\nHôtel de ville, 1 place de l’Exercice, 06000 Nice\ndroits@example.org",
    "dpo_contact": "Délégué à la protection des données\ndpo@example.org",
    "prefecture": "Préfecture de l’exercice",
    "exercise": True,
}


def load() -> bool:
    """Whether the row was missing; one that is there is the centre's own."""
    return Controller.objects.get_or_create(pk=1, defaults=EXERCISE)[1]
