import type { Core } from "./core";
import { eraseProfile, loadProfile, saveProfile } from "./store";
import type { TrackedEvent } from "./types";

/** The visitor's events. In memory until `consent(true)`, then also stored in this browser. */
export class Profile {
  #core: Core | undefined;
  #consented = false;
  #paused = false;
  /** Saves run one after the other, so the last one wins. */
  #saved: Promise<void> = Promise.resolve();

  /** An engine creates it. */
  constructor(core: Core | undefined) {
    this.#core = core;
  }

  /** True if the visitor has consented, now or on an earlier visit. */
  get consented(): boolean {
    return this.#consented;
  }

  /** True while tracking is paused. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Restores the stored profile, if there is one. Creates no database. `load` calls it. */
  async restore(): Promise<void> {
    if (!this.#core) return;
    const stored = await loadProfile();
    this.#consented = stored !== undefined;
    // A profile of another version may be unreadable: then start with an empty one.
    if (stored) await this.#core.profileImport(stored).catch(() => undefined);
  }

  /** `true` stores the profile in this browser from now on; `false` erases the stored profile at once. */
  async consent(given: boolean): Promise<void> {
    this.#consented = given;
    await this.#saved.catch(() => undefined);
    if (given) await this.#save(true);
    else await eraseProfile();
  }

  /** Adds an event unless paused. */
  async track(event: TrackedEvent): Promise<void> {
    if (this.#paused || !this.#core) return;
    await this.#core.track(event, Date.now());
    await this.#save(false);
  }

  /** The events, oldest first. */
  async events(): Promise<TrackedEvent[]> {
    return (JSON.parse(await this.export()) as { events: TrackedEvent[] }).events;
  }

  /** The profile as JSON. */
  async export(): Promise<string> {
    return (await this.#core?.profileExport()) ?? '{"events":[]}';
  }

  /** Deletes every event, in memory and in storage. The consent stays. */
  async clear(): Promise<void> {
    await this.#core?.profileClear();
    await this.#save(false);
  }

  /** Stops tracking. Earlier events stay in use. */
  pause(): void {
    this.#paused = true;
  }

  /** Resumes tracking. */
  resume(): void {
    this.#paused = false;
  }

  async #save(create: boolean): Promise<void> {
    if (!this.#consented) return;
    const save = async () => {
      if (this.#consented) await saveProfile(await this.export(), create);
    };
    this.#saved = this.#saved.catch(() => undefined).then(save);
    await this.#saved;
  }
}
