/** Why a camera was chosen or left out, in the reader's language. The codes are those of the server's reasons. */
import { band, number, shortTime, time } from "./format.js";
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
  masks: gettext("its privacy masks are to be checked first"),
  beyond_pan: gettext("its head stops turning %(by)s° before the place"),
  too_low: gettext("the place is %(by)s° lower than it can look"),
  too_high: gettext("the place is %(by)s° higher than it can look"),
  held: gettext("held by %(by)s until %(until)s"),
  same_side: gettext("sees it from the same side as %(code)s"),
  enough: gettext("sees it less well than those chosen"),
  free: gettext("it was free"),
  before_lower: gettext("it goes before %(by)s"),
  had_none: gettext("%(by)s had %(count)s cameras, this alarm none"),
  its_turn: gettext("it waited %(waited)s s and its turn came"),
  by_hand: gettext("steered by hand"),
  watched: gettext("somebody watches it"),
  given: gettext("%(by)s gave it"),
  no_answer: gettext("%(by)s did not answer within %(seconds)s s"),
  lead: gettext("the shift lead took it"),
  given_back: gettext("given back"),
  lease_over: gettext("nobody steered it for %(seconds)s s"),
  case_over: gettext("the incident is over"),
  round_over: gettext("the round went on"),
  replaced: gettext("%(by)s steers it now: %(why)s"),
  sees_better: gettext("%(density)s px/m here, %(code)s only %(other)s"),
  sees_no_more: gettext("%(code)s does not see the place any more"),
  stays: gettext("sees it well enough: no change for a little more"),
  driver: gettext("the camera did not do it"),
  silent: gettext("the camera has not answered for 2 s"),
  no_line: gettext("the line between the processes of the centre is cut"),
  no_database: gettext("the database is away: nothing is steered meanwhile"),
  not_looked: gettext("nobody looked at it"),
  turned: gettext("turned in %(seconds)s s"),
  turned_blind: gettext("turning; it does not say where it looks"),
  shown: gettext("sees the place without turning"),
  dewarped: gettext("round picture, unrolled towards %(bearing)s°"),
  no_head: gettext("nothing on record says how to turn it"),
  no_key: gettext("no key opens its password"),
  not_held: gettext("no process of the centre speaks to it"),
  unreachable: gettext("its head does not answer"),
  too_slow: gettext("its head takes too long to answer"),
  wrong_password: gettext("its head does not accept the password"),
  no_device: gettext("what answers at its address is not a camera (ONVIF)"),
  refused: gettext("its head refuses: %(said)s"),
  not_supported: gettext("its head cannot do this: %(said)s"),
  long: gettext("its head takes long, the centre goes on trying"),
  interrupted: gettext("it stopped elsewhere, restarted or moved by somebody else"),
  restarted: gettext("it restarted"),
  moved_outside: gettext("somebody moved it, not through the centre"),
  newer: gettext("a newer order took its place"),
  too_late: gettext("too late: nobody could turn it for %(seconds)s s"),
});

/**
 * @param {{why?: string, reason?: {code: string, figures?: Record<string, string | number>}}} choice
 * @returns {string} the server's own sentence when the code is not known here
 */
export function because({ why = "", reason }) {
  const words = WORDS()[reason?.code];
  if (!words) return why;
  const spoken = Object.entries(reason.figures ?? {}).map(([name, figure]) => {
    if (name === "until") return [name, time(String(figure))];
    if (name === "since") return [name, shortTime(String(figure))];
    if (name === "band") return [name, band(String(figure))];
    return [name, typeof figure === "number" ? number(figure) : figure];
  });
  const text = fill(words, Object.fromEntries(spoken));
  return /%\(\w+\)s/.test(text) ? why : text;
}
