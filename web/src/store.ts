// The profile at rest: AES-GCM in IndexedDB, under a key that scripts can use but not read. This keeps it from other
// programs and from a copied disk; it does not stop a script that runs in this page (XSS).

const DATABASE = "windowshop";
const STORE = "profile";

function request<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return request(opening);
}

async function get<T>(key: string): Promise<T | undefined> {
  const database = await open();
  try {
    return await request(database.transaction(STORE).objectStore(STORE).get(key));
  } finally {
    database.close();
  }
}

async function put(key: string, value: unknown): Promise<void> {
  const database = await open();
  try {
    await request(database.transaction(STORE, "readwrite").objectStore(STORE).put(value, key));
  } finally {
    database.close();
  }
}

async function encryptionKey(): Promise<CryptoKey> {
  const known = await get<CryptoKey>("key");
  if (known) return known;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await put("key", key);
  return key;
}

/** Keeps the profile; an older one is replaced. */
export async function saveProfile(json: string): Promise<void> {
  // Encryption comes first: a transaction would close while it is awaited.
  const key = await encryptionKey();
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(json));
  await put("profile", { iv, data });
}

/** The kept profile, if there is one that can be read. */
export async function loadProfile(): Promise<string | undefined> {
  const kept = await get<{ iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer }>("profile");
  if (!kept) return undefined;
  try {
    const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, await encryptionKey(), kept.data);
    return new TextDecoder().decode(data);
  } catch {
    return undefined;
  }
}

/** Forgets everything, the key included. */
export async function eraseProfile(): Promise<void> {
  await request(indexedDB.deleteDatabase(DATABASE));
}
