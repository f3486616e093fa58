"""The translations: gather what the sources say, check the French, compile it.

    python tools/messages.py make       gather, keep what is translated, compile, then check
    python tools/messages.py check      is every sentence said in French, and nothing left over? (changes nothing)
    python tools/messages.py compile    .po to .mo where stale; needs polib only, so that running a centre can do it

English is the source; docs/how-to/translate.md says how French is written here.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"


def compile_stale(locale: Path = LOCALE) -> list[Path]:
    """Compile each catalogue older than its text. Each appears whole: a running process may be reading it."""
    done = []
    for source in sorted(locale.rglob("*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        with NamedTemporaryFile(dir=source.parent, suffix=".tmp", delete=False) as whole:
            whole.write(polib.pofile(str(source)).to_binary())
        fresh = Path(whole.name)
        fresh.chmod(0o644)
        fresh.replace(compiled)
        done.append(compiled)
    return done


def main(arguments: list[str]) -> int:
    verb = arguments[0] if len(arguments) == 1 else ""
    if verb == "compile":
        compile_stale()
        return 0
    if verb not in ("make", "check"):
        print(__doc__)
        return 2
    # Babel comes with the developers' packages alone, and compiling must not ask for it.
    sys.path.insert(0, str(ROOT))
    catalogues = importlib.import_module("tools.catalogues")
    if verb == "make":
        print("\n".join(catalogues.update(LOCALE)))
        compile_stale()
    problems: list[str] = catalogues.problems(LOCALE)
    if problems:
        print("\n".join(problems[:200]))
        print(f"messages  | {len(problems)} problems. docs/how-to/translate.md says what to do.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
