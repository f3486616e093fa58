/** What comes down the socket of a live picture: a header of 16 bytes, then MP4 boxes. Pure. */

const VERSION = 1;
const HEADER = 16;
const KEY = 1;
const INIT = 2;

/**
 * @typedef {{key: boolean, init: boolean, lasts: number, number: number, startsAt: number, data: Uint8Array}} Frame
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
    lasts: view.getUint16(2),
    number: view.getUint32(4),
    startsAt: Number(view.getBigUint64(8)),
    data: new Uint8Array(buffer, HEADER),
  };
}
