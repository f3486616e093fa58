"""Which node takes the pictures of which share of the cameras; and which worker watches which.

Each node holds its own shard and renews it every few seconds. A shard nobody renews is taken by whoever notices
first; its own node, once back, asks for it and gets it. Times are the database's: nodes need not agree on theirs.
A node that cannot reach the database keeps its cameras: two recordings are better than none.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from events.log import publish
from footage.facts import ShardTaken
from footage.models import ShardLease

# Notice after at most 9 + 2 s, then a second or two to the first picture: within 15 s in all.
RENEW_S = 2.0
LEASE_S = 9.0


def this_machine() -> str:
    return socket.gethostname()[:60]


def this_node() -> str:
    return f"{this_machine()}/{os.getpid()}"


def is_of_this_machine(node: str) -> bool:
    return node.rpartition("/")[0] == this_machine()


def is_gone(holder: str) -> bool:
    """Whether it was a process of this machine that no longer runs."""
    pid = holder.rpartition("/")[2]
    if not is_of_this_machine(holder) or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return True  # an earlier life: containers count from 1 again
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@dataclass
class Lessee:
    """One node. `renew` says which shards it holds now; call it every RENEW_S, in one thread."""

    number: int
    of: int
    node: str = field(default_factory=this_node)
    held: frozenset[int] = frozenset()
    work: str = ShardLease.Work.RECORD

    def renew(self) -> frozenset[int]:
        self.held = frozenset(n for n in range(1, self.of + 1) if self._hold(n))
        return self.held

    def release(self) -> None:
        """On a graceful end: others need not wait for the lease to run out."""
        mine = ShardLease.objects.filter(work=self.work, of=self.of, holder=self.node)
        mine.update(until=Now() - dt.timedelta(seconds=1), holder="")
        self.held = frozenset()

    @transaction.atomic
    def _hold(self, number: int) -> bool:
        until = Now() + dt.timedelta(seconds=LEASE_S)
        # A shard never held is given its own node's time to begin with.
        which = {"work": self.work, "number": number, "of": self.of}
        ShardLease.objects.get_or_create(**which, defaults={"holder": "", "until": until})
        lease = (
            ShardLease.objects.select_for_update(no_key=True).annotate(over=Now() - F("until")).get(**which)
        )
        own = number == self.number
        rows = ShardLease.objects.filter(pk=lease.pk)
        if lease.holder == self.node:
            if lease.wanted_by and not own and lease.wanted_by != self.node:
                rows.update(holder=lease.wanted_by, wanted_by="", until=until)
                publish(ShardTaken(shard=self._named(number), by=lease.wanted_by, from_node=self.node))
                return False
            rows.update(until=until)
            return True
        over = lease.over > dt.timedelta(0)
        if own and (over or not lease.holder or is_gone(lease.holder)):
            rows.update(holder=self.node, wanted_by="", until=until)
            return True
        if over:
            rows.update(holder=self.node, until=until)
            publish(ShardTaken(shard=self._named(number), by=self.node, from_node=lease.holder))
            return True
        if own:
            rows.update(wanted_by=self.node)
        return False

    def _named(self, number: int) -> str:
        return f"{'' if self.work == ShardLease.Work.RECORD else self.work + ' '}{number}/{self.of}"
