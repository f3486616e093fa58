"""Letters, receipts and registers as the centre gives them out: one Document, as PDF, ODT and JSON."""

from __future__ import annotations

from doors.documents.blocks import Block, Bullets, Fields, Heading, Note, Recipient, Signatures, Table, Text
from doors.documents.document import FORMATS, Document, Format

__all__ = [
    "FORMATS",
    "Block",
    "Bullets",
    "Document",
    "Fields",
    "Format",
    "Heading",
    "Note",
    "Recipient",
    "Signatures",
    "Table",
    "Text",
]
