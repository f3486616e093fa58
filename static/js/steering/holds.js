/** Who steers which camera, as the page knows it: read once, then changed by facts. Pure but for `read`. */

/**
 * @typedef {{camera_id: number, code: string, kind: string, holder: string, by: string, by_hand: boolean, cause: string, until: string,
 *   why?: string, from_by?: string, from_holder?: string, reason?: any}} Hold
 * @typedef {{id: number, code: string, by: string, by_holder?: string, lapses_at: string, mine: boolean}} Request
 */

export class Holds {
  me = "";
  /** Whether this person takes views as presets. */
  mayKeep = false;
  /** @type {Map<string, Hold>} by code of the camera */
  held = new Map();
  /** @type {Map<number, Request>} that wait for an answer and concern this seat */
  requests = new Map();
  /** @type {Map<string, {since: string}>} incidents that wait for a camera, by cause */
  waiting = new Map();

  /** The snapshot. @param {any} said */
  take({ me, may_keep_views: mayKeep = false, holds, requests }) {
    Object.assign(this, { me, mayKeep });
    this.held = new Map(holds.map((hold) => [hold.camera, { ...hold, code: hold.camera }]));
    this.requests = new Map(requests.map((one) => [one.id, { ...one, code: one.camera, mine: !this.isMine(one.camera) }]));
  }

  /** @param {string} code */
  of(code) {
    return this.held.get(code) ?? null;
  }

  /** @param {string} code */
  isMine(code) {
    return this.held.get(code)?.holder === this.me;
  }

  /** The request that waits for this camera, asked of this seat or by it. @param {string} code */
  requestFor(code) {
    return [...this.requests.values()].find((one) => one.code === code) ?? null;
  }

  /** @param {{kind: string, data: any, at: string}} fact @returns {boolean} whether it was about holds */
  hear({ kind, data }) {
    const change = CHANGES[kind];
    if (!change) return false;
    change(this, data);
    return true;
  }
}

const CHANGES = {
  "cameras.lock_taken": (holds, { locks }) => {
    for (const lock of locks) {
      holds.held.set(lock.code, lock);
      if (lock.cause) holds.waiting.delete(lock.cause);
      forget(holds, lock.code, lock.holder !== lock.from_holder);
    }
  },
  "cameras.lock_released": (holds, { code }) => {
    holds.held.delete(code);
    forget(holds, code, true);
  },
  "cameras.take_over_asked": (holds, data) => {
    if (data.of !== holds.me && data.by_holder !== holds.me) return;
    holds.requests.set(data.request_id, {
      id: data.request_id, code: data.code, by: data.by, lapses_at: data.lapses_at, mine: data.by_holder === holds.me,
    });
  },
  "cameras.take_over_answered": (holds, { request_id: id }) => holds.requests.delete(id),
  "cameras.alarm_waits": (holds, { cause, since }) => holds.waiting.set(cause, { since }),
};

/** Another hand: whoever asked the last one need not wait. */
function forget(holds, code, changed) {
  if (!changed) return;
  for (const [id, one] of holds.requests) if (one.code === code) holds.requests.delete(id);
}
