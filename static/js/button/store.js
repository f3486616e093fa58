// What this phone keeps: the key, the messages not yet sent, the alert being followed.
// A phone that refuses IndexedDB (private browsing) still presses; it only forgets when the page is closed.

const NAME = "nice-button";
const memory = { kept: new Map(), outbox: new Map() };
let opened;

function open() {
  opened ??= new Promise((resolve) => {
    let asked;
    try {
      asked = indexedDB.open(NAME, 1);
    } catch {
      resolve(null);
      return;
    }
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept");
      asked.result.createObjectStore("outbox", { keyPath: "key" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(null);
    asked.onblocked = () => resolve(null);
  });
  return opened;
}

async function run(table, mode, act, otherwise) {
  const base = await open();
  if (!base) return otherwise(memory[table]);
  return new Promise((resolve) => {
    const fallback = () => resolve(otherwise(memory[table]));
    try {
      const asked = act(base.transaction(table, mode).objectStore(table));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = fallback;
    } catch {
      fallback();
    }
  });
}

export const keep = (name, value) =>
  run("kept", "readwrite", (s) => s.put(value, name), (m) => void m.set(name, value));
export const kept = (name) => run("kept", "readonly", (s) => s.get(name), (m) => m.get(name));
export const forget = (name) => run("kept", "readwrite", (s) => s.delete(name), (m) => void m.delete(name));

export const put = (item) => run("outbox", "readwrite", (s) => s.put(item), (m) => void m.set(item.key, item));
export const drop = (key) => run("outbox", "readwrite", (s) => s.delete(key), (m) => void m.delete(key));
export const waiting = () => run("outbox", "readonly", (s) => s.getAll(), (m) => [...m.values()]);
export const empty = () => run("outbox", "readwrite", (s) => s.clear(), (m) => void m.clear());
