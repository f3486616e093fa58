"""What the law's app can announce. Numbers and days; nobody, and nothing a room must act on at once."""

from __future__ import annotations

from dataclasses import dataclass

from events.facts import Fact

# Pages, the list of what is worth doing and the metrics tell these: no screen of the room waits for them.
NO_SCREEN: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class AuthorisationEnding(Fact, kind="legal.authorisation_ending", audiences=NO_SCREEN):
    """Once at six, three and one months before the end of a prefect's order, and once when it has ended (0)."""

    authorisation_id: int
    number: str
    months: int
    expires_on: str

    def about(self) -> list[str]:
        return [f"authorisation:{self.authorisation_id}"]


@dataclass(frozen=True, kw_only=True)
class AgreementEnding(Fact, kind="legal.agreement_ending", audiences=NO_SCREEN):
    """Once at six, three and one months before the end of an agreement with a recipient, and at its end (0)."""

    agreement_id: int
    months: int
    ends_on: str

    def about(self) -> list[str]:
        return [f"agreement:{self.agreement_id}"]


@dataclass(frozen=True, kw_only=True)
class AgreementChanged(Fact, kind="legal.agreement_changed", audiences=NO_SCREEN):
    """An agreement with a recipient was "recorded", "changed" or "ended"."""

    agreement_id: int
    what: str
    ends_on: str

    def about(self) -> list[str]:
        return [f"agreement:{self.agreement_id}"]


@dataclass(frozen=True, kw_only=True)
class Communicated(Fact, kind="legal.communicated", audiences=NO_SCREEN):
    """Something was handed over under an agreement; or ("destroyed") its recipient says that it is gone."""

    communication_id: int
    agreement_id: int
    what: str
    destroy_by: str
    destroyed: bool = False

    def about(self) -> list[str]:
        return [f"agreement:{self.agreement_id}"]


@dataclass(frozen=True, kw_only=True)
class ExperimentChanged(Fact, kind="legal.experiment_changed", audiences=NO_SCREEN):
    """An experiment was "recorded" or "stopped", one of its grounds judged, or its result decided."""

    experiment_id: int
    what: str
    verdict: str = ""

    def about(self) -> list[str]:
        return [f"experiment:{self.experiment_id}"]


@dataclass(frozen=True, kw_only=True)
class BreachChanged(Fact, kind="legal.breach_changed", audiences=NO_SCREEN):
    """A personal data breach was recorded, or its state changed."""

    breach_id: int
    number: str
    state: str
    due_at: str

    def about(self) -> list[str]:
        return [f"breach:{self.breach_id}"]


@dataclass(frozen=True, kw_only=True)
class BreachDue(Fact, kind="legal.breach_due", audiences=NO_SCREEN):
    """Of the 72 hours a day is left ("day_left"), or nothing ("over"). Once each."""

    breach_id: int
    number: str
    when: str
    due_at: str

    def about(self) -> list[str]:
        return [f"breach:{self.breach_id}"]


@dataclass(frozen=True, kw_only=True)
class NoticeSent(Fact, kind="legal.notice_sent", audiences=NO_SCREEN):
    """The prefect was told of the system: entry, change or end (L-02)."""

    notice_id: int
    what: str
    authorisation_id: int

    def about(self) -> list[str]:
        return [f"authorisation:{self.authorisation_id}"]


@dataclass(frozen=True, kw_only=True)
class LogNotWhole(Fact, kind="legal.log_not_whole", audiences=NO_SCREEN):
    """The nightly reading found rows of the log altered, removed or inserted, more than the one before."""

    reading_id: int
    wrong: int

    def about(self) -> list[str]:
        return [f"log_reading:{self.reading_id}"]
