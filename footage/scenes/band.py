"""A line of text under an H.264 picture, without decoding it: one row of macroblocks more, as slices of its own.

The picture stays as it was encoded, bit for bit. In key pictures the added row holds the text (raw samples where
there are letters); in the others it says "as before". So the clock of a demonstration camera is right to the
frame, in the live picture and in the recording, and costs no encoder. Baseline streams of one slice per picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from footage.scenes.bits import Reader, Writer
from footage.scenes.letters import row_of

IDR, SPS, PPS = 5, 7, 8
I_PCM, I_LIKE_LEFT = 25, 2  # mb_type in I slices: raw samples; 16×16 continuing its left neighbour
ALL_P, ALL_I = 5, 7
GREY = bytes([128]) * 128
MACROBLOCK = 16


class NotSuitable(ValueError):
    """Not the kind of stream a line can be added to."""


@dataclass(frozen=True)
class Format:
    """What the parameter sets say, as far as slices need it."""

    columns: int
    rows: int
    frame_num_bits: int
    slice_extra: bool  # deblocking fields in slice headers
    sps: bytes  # with the added row
    pps: bytes

    @property
    def first_of_band(self) -> int:
        return self.columns * self.rows


def parameter_sets(sps: bytes, pps: bytes) -> Format:
    """From the two NAL units without start codes."""
    told, out = Reader(sps[1:]), Writer()
    profile = told.u(8)
    if profile != 66:
        raise NotSuitable("not a baseline stream")
    out.u(8, profile)
    out.u(16, told.u(16))  # constraints, level
    copied = []
    for _ in range(3):  # id, log2_max_frame_num_minus4, pic_order_cnt_type
        copied.append(told.ue())
        out.ue(copied[-1])
    if copied[2] != 2:
        raise NotSuitable("pictures are out of order")
    out.ue(told.ue())  # max_num_ref_frames
    out.u(1, told.u(1))
    columns, rows = told.ue() + 1, told.ue() + 1
    out.ue(columns - 1)
    out.ue(rows)  # one more than there were
    if not told.u(1):
        raise NotSuitable("interlaced")
    out.u(1, 1)
    out.u(1, told.u(1))  # direct_8x8_inference
    if told.u(1):
        raise NotSuitable("cropped")
    out.u(1, 0)
    value, bits = told.rest()
    out.u(bits, value)
    return Format(
        columns=columns,
        rows=rows,
        frame_num_bits=copied[1] + 4,
        slice_extra=_deblocking_told(pps),
        sps=out.nal(sps[0], closed=True),
        pps=b"\0\0\0\1" + pps,
    )


def _deblocking_told(pps: bytes) -> bool:
    told = Reader(pps[1:])
    told.ue(), told.ue()
    if told.u(1) or told.u(1) or told.ue():
        raise NotSuitable("not coded by CAVLC, or slice groups")
    if told.ue():
        raise NotSuitable("several reference pictures")
    told.ue()
    if told.u(3):
        raise NotSuitable("weighted prediction")
    told.se(), told.se(), told.se()
    return bool(told.u(1))


@dataclass(frozen=True)
class Picture:
    """What the slices of one picture have in common."""

    header: int
    frame_num: int
    idr_pic_id: int

    @property
    def key(self) -> bool:
        return self.header & 31 == IDR


def picture(nal: bytes, form: Format) -> Picture:
    told = Reader(nal[1:24])
    if told.ue() != 0:
        raise NotSuitable("several slices in a picture")
    told.ue(), told.ue()
    frame_num = told.u(form.frame_num_bits)
    return Picture(nal[0], frame_num, told.ue() if nal[0] & 31 == IDR else 0)


def key_band(of: Picture, form: Format, left: str, right: str) -> bytes:
    """The row of a key picture, with a text at either end."""
    out = _slice_header(of, form)
    luma = row_of(form.columns * MACROBLOCK, left, right)
    raw_before = False
    for column, samples in enumerate(_macroblocks(luma, form.columns)):
        if samples is not None or column == 0:
            out.ue(I_PCM)
            out.raw((samples or bytes([luma[0][0]]) * 256) + GREY)
            raw_before = True
        else:
            out.ue(I_LIKE_LEFT)
            out.ue(1)  # colours continue the left, too
            out.se(0)
            # "No coefficients", in the table that the left neighbour asks for (§9.2.1).
            out.u(6, 0b000011) if raw_before else out.u(1, 1)
            raw_before = False
    return out.nal(of.header)


@lru_cache(maxsize=256)
def same_band(of: Picture, form: Format) -> bytes:
    """The row of any other picture: as it was."""
    out = _slice_header(of, form)
    out.ue(form.columns)  # so many macroblocks skipped
    return out.nal(of.header)


def _slice_header(of: Picture, form: Format) -> Writer:
    out = Writer()
    out.ue(form.first_of_band)
    out.ue(ALL_I if of.key else ALL_P)
    out.ue(0)
    out.u(form.frame_num_bits, of.frame_num)
    if of.key:
        out.ue(of.idr_pic_id)
        out.u(2, 0)  # no_output_of_prior_pics, long_term_reference
    else:
        out.u(2, 0)  # num_ref_idx_active_override, ref_pic_list_modification
        if of.header >> 5:
            out.u(1, 0)  # adaptive_ref_pic_marking
    out.se(0)
    if form.slice_extra:
        out.ue(1)  # no deblocking: letters stay sharp
    return out


def _macroblocks(luma: list[bytes], columns: int) -> list[bytes | None]:
    """The samples of each; None where it looks like its left neighbour's right edge, so need not be sent."""
    found: list[bytes | None] = []
    for column in range(columns):
        a, b = column * MACROBLOCK, (column + 1) * MACROBLOCK
        samples = b"".join(line[a:b] for line in luma)
        plain = samples.count(samples[0]) == 256 and all(line[max(0, a - 1)] == samples[0] for line in luma)
        found.append(None if plain else samples)
    return found
