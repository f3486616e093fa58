"""Bits of H.264 (ITU-T H.264 §7.2, §9.1): Exp-Golomb codes, and the bytes that keep start codes apart."""

from __future__ import annotations


class Reader:
    def __init__(self, payload: bytes) -> None:
        """`payload` is what follows the header byte of a NAL unit, escapes and all."""
        plain = payload.replace(b"\0\0\3", b"\0\0")
        self._value = int.from_bytes(plain, "big")
        self._left = len(plain) * 8

    def u(self, bits: int) -> int:
        self._left -= bits
        return self._value >> self._left & ((1 << bits) - 1)

    def ue(self) -> int:
        zeroes = 0
        while not self.u(1):
            zeroes += 1
        return (1 << zeroes) - 1 + self.u(zeroes)

    def se(self) -> int:
        code = self.ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)

    def rest(self) -> tuple[int, int]:
        """What is left: its value and its length in bits, the closing bit and padding included."""
        return self._value & ((1 << self._left) - 1), self._left


class Writer:
    def __init__(self) -> None:
        self._done = bytearray()
        self._value = 0
        self._bits = 0

    def u(self, bits: int, value: int) -> None:
        self._value = self._value << bits | value
        self._bits += bits
        if self._bits >= 64:
            self._flush()

    def ue(self, value: int) -> None:
        length = (value + 1).bit_length()
        self.u(2 * length - 1, value + 1)

    def se(self, value: int) -> None:
        self.ue(2 * value - 1 if value > 0 else -2 * value)

    def align(self) -> None:
        self.u(-self._bits % 8, 0)
        self._flush()

    def raw(self, data: bytes) -> None:
        """Whole bytes, at a byte boundary."""
        self.align()
        self._done += data

    def nal(self, header: int, *, closed: bool = False) -> bytes:
        """The NAL unit with its start code; `closed` when the closing bit was copied with the rest."""
        if not closed:
            self.u(1, 1)
        self.align()
        return b"\0\0\0\1" + bytes([header]) + escaped(bytes(self._done))

    def _flush(self) -> None:
        whole, self._bits = divmod(self._bits, 8)
        self._done += (self._value >> self._bits).to_bytes(whole, "big")
        self._value &= (1 << self._bits) - 1


def escaped(payload: bytes) -> bytes:
    """With a 3 wherever two zeroes would be followed by a byte below 4 (§7.4.1)."""
    if b"\0\0" not in payload:
        return payload
    out, zeroes = bytearray(), 0
    for byte in payload:
        if zeroes == 2 and byte <= 3:
            out.append(3)
            zeroes = 0
        out.append(byte)
        zeroes = zeroes + 1 if byte == 0 else 0
    return bytes(out)
