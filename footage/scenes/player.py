from __future__ import annotations

import asyncio

from footage.ingest.program import Spec


class Player:
    async def feed(self, spec: Spec, into: asyncio.StreamWriter) -> None:
        return
