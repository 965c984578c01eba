// Storage of the profile: AES-GCM in IndexedDB, with a key that is not extractable. This protects it from other programs and on a
// copied disk, not from a script in this page (XSS).
//
// The database exists only while the visitor consents. Reading does not create it.

const DATABASE = "windowshop";
const STORE = "profile";

interface Encrypted {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The database; undefined if it does not exist and `create` is false. */
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

/** Stores the profile and replaces the previous one. `create`: the visitor has just consented. */
export async function saveProfile(json: string, create: boolean): Promise<void> {
  const database = await open(create);
  // Another page of this shop has withdrawn the consent.
  if (!database) return;
  try {
    // Encrypt before the transaction: it would close during the await.
    const key = await encryptionKey(database);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(json));
    await put(database, "profile", { iv, data } satisfies Encrypted);
  } finally {
    database.close();
  }
}

/** The stored profile; undefined without consent, an empty string if it cannot be read. */
export async function loadProfile(): Promise<string | undefined> {
  // Some browsers have no IndexedDB in private windows.
  const database = typeof indexedDB === "undefined" ? undefined : await open(false).catch(() => undefined);
  if (!database) return undefined;
  try {
    const encrypted = await get<Encrypted>(database, "profile");
    if (!encrypted) return "";
    const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: encrypted.iv }, await encryptionKey(database), encrypted.data);
    return new TextDecoder().decode(data);
  } catch {
    return "";
  } finally {
    database.close();
  }
}

/** Deletes the profile and its key. */
export async function eraseProfile(): Promise<void> {
  if (typeof indexedDB !== "undefined") await done(indexedDB.deleteDatabase(DATABASE));
}
