import type { Core } from "./core";
import { eraseProfile, loadProfile, saveProfile } from "./store";
import type { TrackedEvent } from "./types";

/** What this visitor did. In memory until `consent(true)`, then also kept in this browser. */
export class Profile {
  #core: Core | undefined;
  #consented = false;
  #paused = false;
  /** Saves happen one after the other, so that the last one wins. */
  #saved: Promise<void> = Promise.resolve();

  /** Comes with an engine. */
  constructor(core: Core | undefined) {
    this.#core = core;
  }

  /** Has the visitor agreed, now or on an earlier visit? */
  get consented(): boolean {
    return this.#consented;
  }

  /** Is remembering paused? */
  get paused(): boolean {
    return this.#paused;
  }

  /** Brings back the profile of an earlier visit, if the visitor agreed then. Creates nothing. `load` calls it. */
  async restore(): Promise<void> {
    if (!this.#core) return;
    const kept = await loadProfile();
    this.#consented = kept !== undefined;
    // One that another version wrote and this one cannot read is no reason to fail.
    if (kept) await this.#core.profileImport(kept).catch(() => undefined);
  }

  /** `true` keeps the profile in this browser from now on; `false` erases what was kept, here and now. */
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

  /** The profile as JSON, for the visitor. */
  async export(): Promise<string> {
    return (await this.#core?.profileExport()) ?? '{"events":[]}';
  }

  /** Forgets every event, in memory and at rest; the consent stays. */
  async clear(): Promise<void> {
    await this.#core?.profileClear();
    await this.#save(false);
  }

  /** Stops remembering; what is known stays in use. */
  pause(): void {
    this.#paused = true;
  }

  /** Remembers again. */
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
