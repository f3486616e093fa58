// Where the phone is, when its owner allowed it and it knows at once. A press never waits for it.

const OLDEST_MS = 60_000;
const PATIENCE_MS = 1_500;

export function wanted() {
  return localStorage.getItem("button.place") === "yes";
}

/** Ask for the permission now, in calm; true when it is given. */
export function allow(yes) {
  localStorage.setItem("button.place", yes ? "yes" : "no");
  if (!yes) return Promise.resolve(false);
  return fix(10_000).then((point) => {
    if (!point) localStorage.setItem("button.place", "no");
    return Boolean(point);
  });
}

/** Begin to look when the finger goes down; `known()` is what was found by the time the hold is full. */
export function look() {
  let point;
  if (wanted()) fix(PATIENCE_MS).then((found) => (point = found));
  return { known: () => point };
}

function fix(timeout) {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(undefined);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({
          lat: round(coords.latitude, 6),
          lon: round(coords.longitude, 6),
          accuracy_m: round(coords.accuracy, 1),
        }),
      () => resolve(undefined),
      { enableHighAccuracy: true, maximumAge: OLDEST_MS, timeout },
    );
  });
}

const round = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;
