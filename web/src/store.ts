// The profile at rest: AES-GCM in IndexedDB, under a key that scripts can use but not read. This keeps it from other
// programs and from a copied disk; it does not stop a script that runs in this page (XSS).
//
// The database exists exactly while the visitor consents: looking for it creates nothing.

const DATABASE = "windowshop";
const STORE = "profile";

interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The database, or undefined when there is none and none is to be made. */
async function open(create: boolean): Promise<IDBDatabase | undefined> {
  const opening = indexedDB.open(DATABASE, 1);
  let absent = false;
  opening.onupgradeneeded = () => {
    absent = !create;
    if (create) opening.result.createObjectStore(STORE);
    else opening.transaction?.abort();
  };
  try {
    return await done(opening);
  } catch (error) {
    if (absent) return undefined;
    throw error;
  }
}

async function get<T>(database: IDBDatabase, key: string): Promise<T | undefined> {
  return done(database.transaction(STORE).objectStore(STORE).get(key));
}

async function put(database: IDBDatabase, key: string, value: unknown): Promise<void> {
  await done(database.transaction(STORE, "readwrite").objectStore(STORE).put(value, key));
}

async function encryptionKey(database: IDBDatabase): Promise<CryptoKey> {
  const known = await get<CryptoKey>(database, "key");
  if (known) return known;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await put(database, "key", key);
  return key;
}

/** Keeps the profile; an older one is replaced. `create`: the visitor has just consented. */
export async function saveProfile(json: string, create: boolean): Promise<void> {
  const database = await open(create);
  // Another page of this shop took the consent back.
  if (!database) return;
  try {
    // Encryption comes before the transaction: one would close while the other is awaited.
    const key = await encryptionKey(database);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(json));
    await put(database, "profile", { iv, data } satisfies Sealed);
  } finally {
    database.close();
  }
}

/** The kept profile; undefined without consent, empty text when it cannot be read. */
export async function loadProfile(): Promise<string | undefined> {
  // Some browsers have no IndexedDB in private windows.
  const database = typeof indexedDB === "undefined" ? undefined : await open(false).catch(() => undefined);
  if (!database) return undefined;
  try {
    const sealed = await get<Sealed>(database, "profile");
    if (!sealed) return "";
    const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, await encryptionKey(database), sealed.data);
    return new TextDecoder().decode(data);
  } catch {
    return "";
  } finally {
    database.close();
  }
}

/** Forgets everything, the key included. */
export async function eraseProfile(): Promise<void> {
  if (typeof indexedDB !== "undefined") await done(indexedDB.deleteDatabase(DATABASE));
}
