/** What is wrong with a camera, in words: faults the centre has measured and nobody has mended yet. */
import { gettext } from "./words.js";

const WORDS = () => ({
  offline: gettext("no pictures"), gaps: gettext("not recorded"), covered: gettext("covered"), dark: gettext("dark"),
  frozen: gettext("frozen"), moved: gettext("turned away"), blurred: gettext("blurred"), unstable: gettext("unstable"),
  clock: gettext("clock wrong"),
});
// Being offline is a state of the camera already, and is said as such.
const SAID_ALREADY = new Set(["offline"]);

/** @param {string} fault */
export const faultLabel = (fault) => WORDS()[fault] ?? fault;

/** "blurred, clock wrong"; empty when nothing is known to be wrong. @param {{faults?: string[]} | undefined | null} camera */
export const faultsOf = (camera) =>
  (camera?.faults ?? []).filter((fault) => !SAID_ALREADY.has(fault)).map(faultLabel).join(", ");

/** Faults by the id of their camera. @param {string} url @returns {Promise<Map<number, string[]>>} none when it cannot be read: the state is shown all the same */
export async function readFaults(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return new Map();
    const { faults } = await answer.json();
    return new Map(Object.entries(faults).map(([id, kinds]) => [Number(id), kinds]));
  } catch {
    return new Map();
  }
}
