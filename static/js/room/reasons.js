/** Why a camera was chosen or left out, in the reader's language. The codes are those of the server's reasons. */
import { band, number, shortTime } from "./format.js";
import { fill, gettext } from "./words.js";

const WORDS = () => ({
  seen: gettext("%(distance)s m · %(density)s px/m · %(band)s"),
  preset: gettext("preset “%(preset)s” · %(distance)s m · %(density)s px/m · %(band)s"),
  lost: gettext("offline since %(since)s"),
  maintenance: gettext("under maintenance since %(since)s"),
  to_declare: gettext("moved or new, to be declared to the prefecture first"),
  planned: gettext("planned, not in service yet"),
  retired: gettext("retired"),
  not_authorised: gettext("no authorisation on record"),
  too_far: gettext("%(distance)s m away, sees %(range)s m"),
  out_of_field: gettext("looks elsewhere, by %(by)s°"),
  hidden: gettext("an obstacle hides the place"),
  too_coarse: gettext("%(density)s px/m only, too coarse to watch"),
  exercise: gettext("belongs to the exercise city"),
  not_exercise: gettext("a real camera does not turn for an exercise"),
});

/**
 * @param {{why?: string, reason?: {code: string, figures?: Record<string, string | number>}}} choice
 * @returns {string} the server's own sentence when the code is not known here
 */
export function because({ why = "", reason }) {
  const words = WORDS()[reason?.code];
  if (!words) return why;
  const spoken = Object.entries(reason.figures ?? {}).map(([name, figure]) => {
    if (name === "since") return [name, shortTime(String(figure))];
    if (name === "band") return [name, band(String(figure))];
    return [name, typeof figure === "number" ? number(figure) : figure];
  });
  const text = fill(words, Object.fromEntries(spoken));
  return /%\(\w+\)s/.test(text) ? why : text;
}
