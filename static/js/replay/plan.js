/** Which groups of a recording a player needs now. Pure. */

/** @typedef {{file: number, offset: number, size: number, at_ms: number, seconds: number, media_s: number}} Group */

/** The group that holds this moment, or -1. @param {Group[]} groups @param {number} at */
export function groupAt(groups, at) {
  let low = 0;
  let high = groups.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const group = groups[middle];
    if (at < group.at_ms) {
      high = middle - 1;
    } else if (at >= group.at_ms + group.seconds * 1000) {
      low = middle + 1;
    } else {
      return middle;
    }
  }
  return -1;
}

/** The next group to fetch: of those from now to `ahead` ms later, the first that is not held. */
export function nextWanted(groups, at, ahead, held) {
  for (let number = 0; number < groups.length; number += 1) {
    const group = groups[number];
    if (group.at_ms + group.seconds * 1000 > at && group.at_ms < at + ahead && !held.has(number)) {
      return number;
    }
    if (group.at_ms >= at + ahead) {
      break;
    }
  }
  return -1;
}
