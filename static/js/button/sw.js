// Keeps the page of the button on the phone, so that it opens without a network.
// VERSION, PAGE and SHELL are written above by the server. It never touches a message: the page sends those.

const CACHE = `button-${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([PAGE, ...SHELL].map((url) => new Request(url, { cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith("button-") && name !== CACHE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === PAGE) event.respondWith(page(request));
  else if (SHELL.includes(pathname)) event.respondWith(shell(request));
});

/** The page as the centre has it now, or as it was: whoever needs it must not wait for a bad network. */
async function page(request) {
  const cache = await caches.open(CACHE);
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(2_000) });
    if (fresh.ok) {
      await cache.put(PAGE, fresh.clone());
      return fresh;
    }
  } catch {
    // Fall through to the kept one.
  }
  return (await cache.match(PAGE)) ?? Response.error();
}

async function shell(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}
