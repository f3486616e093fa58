"""What is not in the centre, and cannot come in unseen (law L-22, L-23, L-28)."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from detection import biometrics, checks
from detection.codes import EventCode

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = sorted(Path(ROOT, "requirements").glob("*.lock"))
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", re.MULTILINE)
SOURCES = [
    path
    for app in ("detection", "footage", "cameras", "console", "incidents", "dispatch", "nice_supervision")
    for path in sorted(Path(ROOT, app).rglob("*.py"))
]


def test_the_lock_files_name_nothing_that_recognises_people() -> None:
    named = {name for lock in LOCKS for name in PINNED.findall(lock.read_text())}
    assert {"django", "celery"} <= {name.lower() for name in named}, "the lock files were read"
    assert any("detection" in lock.name for lock in LOCKS), "and that of the heavy extra too"
    assert biometrics.found_in(named) == []


def test_what_is_installed_depends_on_nothing_that_recognises_people() -> None:
    wanted = {
        re.split(r"[\s;\[<>=!~(]", need, maxsplit=1)[0]
        for one in metadata.distributions()
        for need in one.requires or []
        if "extra ==" not in need
    }
    installed = {str(one.metadata["Name"]) for one in metadata.distributions()}
    assert biometrics.found_in(installed | wanted) == []
    assert checks.nothing_recognises_people() == []


@pytest.mark.parametrize(
    "name", ["insightface", "DeepFace", "face_recognition", "torchreid", "dlib-bin", "boxmot"]
)
def test_one_that_does_is_found(name: str) -> None:
    assert biometrics.found_in([name, "numpy"]) != []


def test_the_deny_list_bars_nothing_the_centre_needs() -> None:
    assert (
        biometrics.found_in(["opencv-python-headless", "av", "supervision", "trackers", "ultralytics"]) == []
    )


def test_no_source_calls_for_a_face_or_a_gait() -> None:
    telling = re.compile(
        r"face_?(recogni|detect|embed|encod)|FaceDetector|FaceRecogni|re_?identif|gait", re.I
    )
    guilty = []
    for path in SOURCES:
        if path.name == "biometrics.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(node, "attr", getattr(node, "id", getattr(node, "name", "")))
            if isinstance(name, str) and telling.search(name):
                guilty.append(f"{path.relative_to(ROOT)}: {name}")
    assert guilty == []


def test_weapons_are_not_built() -> None:
    assert "weapon" not in EventCode.values


def test_the_web_process_loads_nothing_heavy() -> None:
    """Pages, REST and the administration of detection live beside what is heavy, and never load it."""
    script = (
        "import django, sys; django.setup();"
        "import nice_supervision.urls, detection.admin, detection.tasks, detection.plan, console.signals;"
        "print(sorted({'cv2', 'av', 'torch', 'ultralytics', 'supervision', 'trackers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, cwd=ROOT, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"
