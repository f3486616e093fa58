"""How a stream is coded, as its key frames say (H.264 and H.265 parameter sets among the pictures)."""

from __future__ import annotations

from footage.boxes import Fragment, InitSegment

# Type of a NAL unit, and which of them is the set of the sequence: size, profile.
H264_SPS, H264_SLICES = 7, frozenset({1, 2, 3, 4, 5})
H265_SPS, H265_SLICES = 33, frozenset(range(32))
LENGTH = 4
# Before the first slice there are a handful of units; what has more is not what it should be.
UNITS_AT_MOST = 16


def sequence_set(fragment: Fragment, init: InitSegment) -> bytes | None:
    """The sequence parameter set in a key fragment; None where it says nothing of it."""
    codec = init.video.codec
    if not fragment.key or len(init.tracks) != 1:  # with sound the first bytes may be somebody's voice
        return None
    data = fragment.data
    at = int.from_bytes(data[:4], "big") + 8  # past the moof and the header of the mdat
    for _ in range(UNITS_AT_MOST):
        size = int.from_bytes(data[at : at + LENGTH], "big")
        unit = at + LENGTH
        if size == 0 or unit + size > len(data):
            return None
        if codec.startswith("avc"):
            kind, wanted, slices = data[unit] & 0x1F, H264_SPS, H264_SLICES
        elif codec.startswith(("hvc", "hev")):
            kind, wanted, slices = data[unit] >> 1 & 0x3F, H265_SPS, H265_SLICES
        else:
            return None
        if kind == wanted:
            return data[unit : unit + size]
        if kind in slices:
            return None
        at = unit + size
    return None
