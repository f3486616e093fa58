/** What is being written and not yet sent, by incident: nothing typed is lost by a refresh or by looking elsewhere. */

export class Drafts {
  /** @type {Map<number, Map<string, string>>} */
  #kept = new Map();

  /** @param {number} incidentId @param {string} name @param {string} text */
  keep(incidentId, name, text) {
    if (!this.#kept.has(incidentId)) this.#kept.set(incidentId, new Map());
    this.#kept.get(incidentId).set(name, text);
  }

  /** It was sent. @param {number} incidentId @param {string} name */
  drop(incidentId, name) {
    this.#kept.get(incidentId)?.delete(name);
  }

  /** @param {number | null} incidentId @returns {[string, string][]} */
  of(incidentId) {
    return [...(this.#kept.get(incidentId) ?? [])];
  }

  /** @param {number | null} incidentId */
  isWriting(incidentId) {
    return this.of(incidentId).some(([, text]) => text.trim() !== "");
  }
}
