/** When each picture of some fragments is shown, read from their boxes (ISO/IEC 14496-12). Pure. */

const TRACK_RUN = { offset: 0x01, first: 0x04, duration: 0x100, size: 0x200, flags: 0x400, shift: 0x800 };
// tfhd: optional fields before the default duration, and their lengths.
const BASE_OFFSET = 0x01;
const DESCRIPTION = 0x02;
const DURATION = 0x08;

/** @typedef {{starts: number, ends: number}} Frame seconds */

/** @param {DataView} view @param {number} start @param {number} end @returns {{kind: string, start: number, end: number}[]} contents */
function boxes(view, start, end) {
  const found = [];
  for (let at = start; at + 8 <= end;) {
    let size = view.getUint32(at);
    let header = 8;
    if (size === 1 && at + 16 <= end) {
      size = Number(view.getBigUint64(at + 8));
      header = 16;
    }
    if (size < header || at + size > end) break;
    found.push({ kind: String.fromCharCode(...[4, 5, 6, 7].map((n) => view.getUint8(at + n))), start: at + header, end: at + size });
    at += size;
  }
  return found;
}

/** The pictures of one traf, if it is of this track: [shown, lasts] in units of the track. */
function samples(view, traf, track) {
  const inside = boxes(view, traf.start, traf.end);
  const head = inside.find(({ kind }) => kind === "tfhd");
  const time = inside.find(({ kind }) => kind === "tfdt");
  if (!head || !time || view.getUint32(head.start + 4) !== track) return [];
  const told = view.getUint32(head.start) & 0xffffff;
  const before = (told & BASE_OFFSET ? 8 : 0) + (told & DESCRIPTION ? 4 : 0);
  const usual = told & DURATION ? view.getUint32(head.start + 8 + before) : 0;
  let at = view.getUint8(time.start) === 1 ? Number(view.getBigUint64(time.start + 4)) : view.getUint32(time.start + 4);
  const found = [];
  for (const { start } of inside.filter(({ kind }) => kind === "trun")) {
    const flags = view.getUint32(start) & 0xffffff;
    const count = view.getUint32(start + 4);
    let place = start + 8 + (flags & TRACK_RUN.offset ? 4 : 0) + (flags & TRACK_RUN.first ? 4 : 0);
    for (let number = 0; number < count; number += 1) {
      const take = (flag) => (flags & flag ? view.getInt32((place += 4) - 4) : null);
      const lasts = take(TRACK_RUN.duration) ?? usual;
      take(TRACK_RUN.size);
      take(TRACK_RUN.flags);
      found.push([at + (take(TRACK_RUN.shift) ?? 0), lasts]);
      at += lasts;
    }
  }
  return found;
}

/**
 * In the order they are shown; each ends where the next begins.
 * @param {ArrayBuffer} data whole fragments @param {{track: number, timescale: number}} of @returns {Frame[]} on the media clock
 */
export function framesOf(data, { track, timescale }) {
  const view = new DataView(data);
  const found = boxes(view, 0, view.byteLength)
    .filter(({ kind }) => kind === "moof")
    .flatMap((moof) => boxes(view, moof.start, moof.end).filter(({ kind }) => kind === "traf"))
    .flatMap((traf) => samples(view, traf, track))
    .sort(([one], [other]) => one - other);
  return found.map(([shown, lasts], number) => ({ starts: shown / timescale, ends: (found[number + 1]?.[0] ?? shown + lasts) / timescale }));
}

/** The frame shown at a moment, or null. @param {Frame[]} frames @param {number} moment */
export function frameAt(frames, moment) {
  let low = 0;
  let high = frames.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (frames[middle].starts <= moment) low = middle;
    else high = middle - 1;
  }
  const frame = frames[low];
  return frame && frame.starts <= moment && moment < frame.ends ? frame : null;
}
