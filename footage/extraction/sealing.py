"""What makes a package provable with programs that know nothing of the centre: sha256sum and openssl (W-12)."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from legal import stamps
from legal.keys import make

MANIFEST, SIGNATURE, STAMP = "manifest.json", "manifest.sig", "manifest.tsr"
SUMS, PUBLIC_KEY, VERIFY = "sha256sums.txt", "public-key.pem", "verify.sh"

VERIFY_TEXT = """#!/bin/sh
# Verifies this package with sha256sum and openssl (1.1.1 or newer) alone. Run it in this folder: sh verify.sh
# Compare the fingerprint of the key with the one the centre tells you by another way.
set -e
sha256sum public-key.pem
openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.json -sigfile manifest.sig
# The list of checksums is the one the signed manifest names.
grep -q "\\"sums_sha256\\": \\"$(sha256sum < sha256sums.txt | cut -c1-64)\\"" manifest.json
sha256sum --strict --quiet -c sha256sums.txt
# With a time-stamp (manifest.tsr) and the certificate of its authority:
#   openssl ts -verify -data manifest.json -in manifest.tsr -CAfile authority.pem
echo "Verified: nothing was changed since it was sealed."
"""


class SealError(Exception):
    """The package cannot be sealed as it is to be."""


def private_key() -> Ed25519PrivateKey:
    """The configured key, made the first time."""
    file = Path(settings.EXTRACTION_KEY_FILE)
    if not file.exists():
        make(file, "extractions")
    key = load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SealError(f"{file} is not an Ed25519 key")
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the file public-key.pem, which anyone computes."""
    return hashlib.sha256(public_pem(key)).hexdigest()


def stamp(manifest: bytes) -> bytes | None:
    """An RFC 3161 time-stamp of the manifest; None when no authority is configured."""
    if not settings.EXTRACTION_TSA_URL:
        return None
    try:
        return stamps.stamp(manifest, settings.EXTRACTION_TSA_URL)
    except stamps.StampError as error:
        raise SealError(str(error)) from error
