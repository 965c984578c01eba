import { IDBFactory } from "fake-indexeddb";
import { beforeEach, expect, test, vi } from "vitest";
import { Profile } from "../src/profile";
import { fakeCore } from "./fake-core";

beforeEach(() => vi.stubGlobal("indexedDB", new IDBFactory()));

const click = (itemId: string) => ({ type: "click", itemId }) as const;
const databases = async () => (await indexedDB.databases()).length;
/** The profile as the next page load finds it. */
async function nextVisit(): Promise<Profile> {
  const profile = new Profile(fakeCore().core);
  await profile.restore();
  return profile;
}

test("nothing is stored before consent, not even an empty database", async () => {
  const profile = await nextVisit();
  await profile.track(click("mug"));
  expect(await databases()).toBe(0);
  expect((await nextVisit()).consented).toBe(false);
});

test("with consent the next visit restores the profile", async () => {
  const profile = await nextVisit();
  await profile.track(click("mug"));
  await profile.consent(true);
  await profile.track(click("hat"));
  const next = await nextVisit();
  expect(next.consented).toBe(true);
  expect(await next.events()).toEqual([click("mug"), click("hat")]);
});

test("the stored profile is encrypted with a key that is not extractable", async () => {
  const profile = await nextVisit();
  await profile.track(click("a-telling-name"));
  await profile.consent(true);
  const database = await new Promise<IDBDatabase>((resolve) => (indexedDB.open("windowshop").onsuccess = (event) => resolve((event.target as IDBOpenDBRequest).result)));
  const read = (key: string) => new Promise<never>((resolve) => (database.transaction("profile").objectStore("profile").get(key).onsuccess = (event) => resolve((event.target as IDBRequest<never>).result)));
  const { data } = await read("profile");
  expect(new TextDecoder().decode(data)).not.toContain("telling");
  expect((await read("key") as CryptoKey).extractable).toBe(false);
  database.close();
});

test("withdrawing consent erases the stored profile", async () => {
  const profile = await nextVisit();
  await profile.consent(true);
  await profile.track(click("mug"));
  await profile.consent(false);
  expect(await databases()).toBe(0);
});

test("clearing deletes every event and keeps the consent", async () => {
  const profile = await nextVisit();
  await profile.consent(true);
  await profile.track(click("mug"));
  await profile.clear();
  const next = await nextVisit();
  expect(next.consented).toBe(true);
  expect(await next.events()).toEqual([]);
});

test("a paused profile tracks nothing", async () => {
  const profile = await nextVisit();
  profile.pause();
  await profile.track(click("mug"));
  profile.resume();
  await profile.track(click("hat"));
  expect(await profile.events()).toEqual([click("hat")]);
});

test("a save after consent was withdrawn in another page stores nothing", async () => {
  const profile = await nextVisit();
  await profile.consent(true);
  await (await nextVisit()).consent(false);
  await profile.track(click("mug"));
  expect(await databases()).toBe(0);
});
