from __future__ import annotations

from celery import shared_task

from legal import actions, clocks, looks, reading, stamps


@shared_task
def close_lapsed_looks() -> None:
    looks.close_lapsed()


@shared_task
def sign_heads() -> None:
    actions.sign_heads()
    stamps.stamp_heads()


@shared_task
def tell_what_ends() -> None:
    clocks.tell_of_ends()
    clocks.tell_of_agreements()
    clocks.tell_of_breaches()


@shared_task
def read_log() -> None:
    reading.read_log()
