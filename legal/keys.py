"""The key that signs the heads of the log: outside the database, which could otherwise sign for itself."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from legal.chain import canonical
from legal.models import ChainHead

logger = logging.getLogger(__name__)
SIGNED = ("at", "chain", "count", "day", "hash", "last_id", "previous")


def key_file() -> Path:
    return Path(settings.LEGAL_KEY_FILE)


def kept_file() -> Path:
    """Every head signed on this machine, one JSON object a line, in the order of signing."""
    return key_file().with_name("heads.jsonl")


def sign(head: ChainHead) -> None:
    key = _private()
    head.key = fingerprint(key.public_key())
    head.signature = key.sign(content(head)).hex()


def holds(head: ChainHead, known: Mapping[str, Ed25519PublicKey]) -> bool:
    """Whether one of these keys signed it, and it says what was signed."""
    public = known.get(head.key)
    if public is None:
        return False
    try:
        public.verify(bytes.fromhex(head.signature), content(head))
    except (InvalidSignature, ValueError):
        return False
    return True


def content(head: ChainHead) -> bytes:
    return canonical({name: getattr(head, name) for name in SIGNED})


def digest_of(head: ChainHead) -> str:
    return hashlib.sha256(content(head)).hexdigest()


def as_object(head: ChainHead) -> dict[str, Any]:
    """The head as a copy of it is kept and exported."""
    signed: dict[str, Any] = json.loads(content(head))
    return signed | {"key": head.key, "signature": head.signature}


def keep_outside(head: ChainHead) -> None:
    """A copy the database cannot take back. A full disk must not stop the log: it is told, and mended later."""
    try:
        with kept_file().open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(as_object(head), sort_keys=True) + "\n")
            kept.flush()
            os.fsync(kept.fileno())
    except OSError:
        logger.exception("the head of the audit log could not be copied to %s", kept_file())


def trusted() -> dict[str, Ed25519PublicKey]:
    """Public keys of this centre by fingerprint: the one in use, and former ones left beside it as *.pub."""
    found = [load_pem_public_key(file.read_bytes()) for file in sorted(key_file().parent.glob("*.pub"))]
    return {fingerprint(public): public for public in found if isinstance(public, Ed25519PublicKey)}


def fingerprint(public: Ed25519PublicKey) -> str:
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def _private() -> Ed25519PrivateKey:
    """The configured key, made the first time. Other workers that start at once use the one that came first."""
    file = key_file()
    if not file.exists():
        make(file, "the audit log")
    key = load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{file} is not an Ed25519 key")
    public = file.with_name(f"{fingerprint(key.public_key())}.pub")
    if not public.exists():
        public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return key


def make(file: Path, signs: str) -> None:
    """A new Ed25519 key, readable by its owner alone, unless there is one by now."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(pem)
    # Race: link() fails where the file exists by now, so half a key is never read and the first one stays.
    try:
        os.link(draft, file)
        logger.info("key of %s made", signs, extra={"file": str(file)})
    except FileExistsError:
        pass
    finally:
        draft.unlink()
