"""The same message sent twice is done once, whatever happens between."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from doors.idempotency import once
from doors.models import KeptAnswer
from doors.problems import Conflict, Refused

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "0b5c9d2e-1111"


def count() -> tuple[Any, list[int]]:
    done: list[int] = []

    def do() -> tuple[int, dict[str, Any]]:
        done.append(1)
        return 201, {"number": len(done)}

    return do, done


def test_first_is_201_then_200_with_the_same_body() -> None:
    do, done = count()
    assert once(scope="device:1", key=KEY, body=b"{}", do=do) == (201, {"number": 1})
    assert once(scope="device:1", key=KEY, body=b"{}", do=do) == (200, {"number": 1})
    assert len(done) == 1


def test_another_body_is_a_conflict_and_does_nothing() -> None:
    do, done = count()
    once(scope="device:1", key=KEY, body=b"{}", do=do)
    with pytest.raises(Conflict) as refused:
        once(scope="device:1", key=KEY, body=b'{"a": 1}', do=do)
    assert refused.value.code == "idempotency-key-reused"
    assert len(done) == 1


def test_the_same_key_of_another_caller_is_another_message() -> None:
    do, done = count()
    once(scope="device:1", key=KEY, body=b"{}", do=do)
    assert once(scope="device:2", key=KEY, body=b"{}", do=do)[0] == 201
    assert len(done) == 2


@pytest.mark.parametrize(
    "key", ["", "short", "x" * 201, "with space", "acc\u00e8nt-acc\u00e8nt", "tab\tinside"]
)
def test_a_malformed_key_is_refused_before_anything_is_done(key: str) -> None:
    do, done = count()
    with pytest.raises(Refused) as refused:
        once(scope="device:1", key=key, body=b"{}", do=do)
    assert (refused.value.status, done) == (400, [])


def test_what_fails_leaves_no_answer_so_that_the_retry_is_done() -> None:
    def fails() -> tuple[int, dict[str, Any]]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once(scope="device:1", key=KEY, body=b"{}", do=fails)
    assert not KeptAnswer.objects.exists()
    do, done = count()
    assert once(scope="device:1", key=KEY, body=b"{}", do=do)[0] == 201
    assert done == [1]


def test_copies_that_arrive_together_are_done_once() -> None:
    do, done = count()
    barrier = threading.Barrier(5)
    answers: list[tuple[int, dict[str, Any]]] = []

    def send() -> None:
        barrier.wait()
        answers.append(once(scope="device:1", key=KEY, body=b"{}", do=do))
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert sorted(status for status, _body in answers) == [200, 200, 200, 200, 201]
    assert {body["number"] for _status, body in answers} == {1}
