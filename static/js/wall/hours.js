/** When a tour is due: on these days, between these hours, by the clock of the centre (W-05). Pure. */

/** @typedef {{weekdays: number[], starts: string, ends: string}} Hours 1 is Monday; an end before the beginning is the next morning */

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** @param {Hours[] | undefined} hours none: always @param {number} now UTC ms @param {string} zone @returns {boolean} */
export function isDue(hours, now, zone) {
  if (!hours?.length) return true;
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(now);
  const said = (type) => parts.find((part) => part.type === type)?.value ?? "";
  const day = DAYS.indexOf(said("weekday")) + 1;
  const before = day === 1 ? 7 : day - 1;
  const time = `${said("hour")}:${said("minute")}`;
  return hours.some(({ weekdays, starts, ends }) => (starts < ends
    ? weekdays.includes(day) && starts <= time && time < ends
    : (weekdays.includes(day) && starts <= time) || (weekdays.includes(before) && time < ends)));
}
