"""Copies what the pages need from node_modules/ to static/vendor/, so that everything is served by us.

Run after `npm ci`; does nothing when all is up to date.
"""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import NamedTuple

logger = logging.getLogger("vendor")

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
TARGET = ROOT / "static" / "vendor"

FILES = {
    "maplibre-gl/dist/maplibre-gl.mjs": "maplibre-gl/maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre-gl/maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl/maplibre-gl.css",
    "maplibre-gl/LICENSE.txt": "maplibre-gl/LICENSE.txt",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
    "pmtiles/dist/esm/index.js": "pmtiles/pmtiles.mjs",
    "fflate/esm/browser.js": "pmtiles/fflate.mjs",
    "fflate/LICENSE": "pmtiles/LICENSE-fflate",
    "@fontsource/ibm-plex-sans/LICENSE": "fonts/LICENSE-ibm-plex-sans",
    "@fontsource/ibm-plex-mono/LICENSE": "fonts/LICENSE-ibm-plex-mono",
}
# The PMTiles package carries no licence file; its package.json says BSD-3-Clause.
PMTILES_NOTICE = "PMTiles for JavaScript, Protomaps LLC, BSD-3-Clause, https://github.com/protomaps/PMTiles\n"


class Face(NamedTuple):
    family: str
    package: str
    weight: int
    style: str = "normal"


FACES = (
    Face("IBM Plex Sans", "ibm-plex-sans", 400),
    Face("IBM Plex Sans", "ibm-plex-sans", 400, "italic"),
    Face("IBM Plex Sans", "ibm-plex-sans", 500),
    Face("IBM Plex Sans", "ibm-plex-sans", 600),
    Face("IBM Plex Mono", "ibm-plex-mono", 500),
)
SUBSETS = ("latin-ext", "latin")
# What papers are printed in: the program that makes PDF reads this form.
PRINTED = (Face("IBM Plex Sans", "ibm-plex-sans", 400), Face("IBM Plex Sans", "ibm-plex-sans", 600))


def served(source: Path) -> bytes:
    """The file as we serve it: source maps are not copied and a bare import becomes a relative one."""
    if source.suffix not in {".js", ".mjs"}:
        return source.read_bytes()
    text = source.read_text(encoding="utf-8")
    text = re.sub(r"\n//# sourceMappingURL=\S+\s*$", "\n", text)
    if source.is_relative_to(MODULES / "pmtiles"):
        text = re.sub(r'from\s*"fflate"', 'from"./fflate.mjs"', text)
    return text.encode()


def font_file(face: Face, subset: str, form: str = "woff2") -> str:
    return f"{face.package}-{subset}-{face.weight}-{face.style}.{form}"


def fonts_css() -> str:
    rules = []
    for face in FACES:
        about = (MODULES / "@fontsource" / face.package / "unicode.json").read_text(encoding="utf-8")
        ranges: dict[str, str] = json.loads(about)
        rules += [
            "@font-face {\n"
            f'  font-family: "{face.family}";\n'
            f"  font-style: {face.style};\n"
            f"  font-weight: {face.weight};\n"
            "  font-display: swap;\n"
            f'  src: url("{font_file(face, subset)}") format("woff2");\n'
            f"  unicode-range: {ranges[subset]};\n"
            "}\n"
            for subset in SUBSETS
        ]
    return "\n".join(rules)


def wanted() -> dict[str, bytes]:
    files = {target: served(MODULES / source) for source, target in FILES.items()}
    for face, form in [(face, "woff2") for face in FACES] + [(face, "woff") for face in PRINTED]:
        for subset in SUBSETS:
            name = font_file(face, subset, form)
            files[f"fonts/{name}"] = (MODULES / "@fontsource" / face.package / "files" / name).read_bytes()
    files["fonts/fonts.css"] = fonts_css().encode()
    files["pmtiles/LICENSE-pmtiles"] = PMTILES_NOTICE.encode()
    return files


def put(name: str, content: bytes) -> bool:
    path = TARGET / name
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if not MODULES.is_dir():
        raise SystemExit("node_modules/ is missing: run `npm ci` first.")
    written = [name for name, content in wanted().items() if put(name, content)]
    logger.info("static/vendor: %d files written", len(written))


if __name__ == "__main__":
    main()
