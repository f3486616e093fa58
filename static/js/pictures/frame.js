/** What comes down the socket of a live picture: a header of 16 bytes, then MP4 boxes. Pure. */

const VERSION = 1;
const HEADER = 16;
const KEY = 1;
const INIT = 2;
const MORE = 4;

/**
 * @typedef {{key: boolean, init: boolean, more: boolean, lasts: number, number: number, startsAt: number, data: Uint8Array}} Frame
 * `startsAt`: UTC milliseconds of its first picture; `lasts` in milliseconds.
 */

/** @param {ArrayBuffer} buffer @returns {Frame} */
export function read(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER || view.getUint8(0) !== VERSION) throw new Error("not a frame of this version");
  const flags = view.getUint8(1);
  return {
    key: (flags & KEY) !== 0,
    init: (flags & INIT) !== 0,
    more: (flags & MORE) !== 0,
    lasts: view.getUint16(2),
    number: view.getUint32(4),
    startsAt: Number(view.getBigUint64(8)),
    data: new Uint8Array(buffer, HEADER),
  };
}

/** Long fragments come in pieces: gives the frame once it is whole, else null. */
export class Pieces {
  /** @type {Frame[]} */
  held = [];

  /** @param {Frame} piece @returns {Frame | null} */
  add(piece) {
    if (this.held.length && this.held[0].number !== piece.number) this.held = [];
    this.held.push(piece);
    if (piece.more) return null;
    const parts = this.held;
    this.held = [];
    if (parts.length === 1) return piece;
    const data = new Uint8Array(parts.reduce((sum, part) => sum + part.data.length, 0));
    let at = 0;
    for (const part of parts) {
      data.set(part.data, at);
      at += part.data.length;
    }
    return { ...piece, data };
  }
}
