from __future__ import annotations

from celery import shared_task

from legal import actions, looks


@shared_task
def close_lapsed_looks() -> None:
    looks.close_lapsed()


@shared_task
def sign_heads() -> None:
    actions.sign_heads()
