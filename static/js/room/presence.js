/** Who is here and on what. Kept from the last message; the socket sends it again when it changes. */
import { fill, gettext } from "./words.js";

export class Presence {
  constructor() {
    /** @type {Map<number, string>} how the room calls each person here */
    this.names = new Map();
    /** @type {Map<number, any[]>} incident → who looks at it */
    this.looking = new Map();
    this.version = 0;
    /** Is a shift lead at a screen? Unknown until the first message. @type {boolean | null} */
    this.led = null;
  }

  /** @param {{user_id: number, label: string, workstation: string, incident_id: number | null, lead: boolean}[]} people */
  hear(people) {
    this.looking = new Map();
    this.led = people.some((one) => one.lead);
    for (const one of people) {
      this.names.set(one.user_id, one.workstation || one.label);
      if (one.incident_id === null) continue;
      const there = this.looking.get(one.incident_id) ?? [];
      if (!there.some((other) => other.user_id === one.user_id)) there.push(one);
      this.looking.set(one.incident_id, there);
    }
    this.version += 1;
  }

  /** @param {number | undefined} incidentId */
  at(incidentId) {
    return this.looking.get(incidentId) ?? [];
  }

  /** What the bar says of the shift lead. */
  lead() {
    if (this.led === null) return "";
    return this.led ? gettext("shift lead present") : gettext("no shift lead");
  }

  /** "Also looking: Poste 1, Poste 5", or nothing. @param {number} incidentId @param {number} me */
  sentence(incidentId, me) {
    const others = this.at(incidentId).filter((one) => one.user_id !== me).map((one) => one.workstation || one.label);
    return others.length ? fill(gettext("also looking: %(who)s"), { who: others.join(", ") }) : "";
  }
}
