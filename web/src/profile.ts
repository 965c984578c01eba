import type { Core } from "./core";
import { eraseProfile, loadProfile, saveProfile } from "./store";
import type { TrackedEvent } from "./types";

/** What this visitor did. In memory until `consent(true)`, then also kept in this browser. */
export class Profile {
  #core: Core | undefined;
  #consented = false;
  #paused = false;

  /** Comes with an engine. */
  constructor(core: Core | undefined) {
    this.#core = core;
  }

  /** `true` keeps the profile in this browser and brings an earlier one back; `false` erases what was kept. */
  async consent(given: boolean): Promise<void> {
    this.#consented = given;
    if (!given) return eraseProfile();
    const kept = await loadProfile();
    if (kept && this.#core && (await this.events()).length === 0) await this.#core.profileImport(kept);
    await this.#save();
  }

  /** Adds an event unless paused. */
  async track(event: TrackedEvent): Promise<void> {
    if (this.#paused || !this.#core) return;
    await this.#core.track(event, Date.now());
    await this.#save();
  }

  /** The events, oldest first. */
  async events(): Promise<TrackedEvent[]> {
    return (JSON.parse(await this.export()) as { events: TrackedEvent[] }).events;
  }

  /** The profile as JSON, for the visitor. */
  async export(): Promise<string> {
    return (await this.#core?.profileExport()) ?? '{"events":[]}';
  }

  /** Forgets everything, in memory and at rest. */
  async clear(): Promise<void> {
    await this.#core?.profileClear();
    if (this.#consented) await eraseProfile();
  }

  /** Stops remembering; what is known stays in use. */
  pause(): void {
    this.#paused = true;
  }

  /** Remembers again. */
  resume(): void {
    this.#paused = false;
  }

  async #save(): Promise<void> {
    if (this.#consented) await saveProfile(await this.export());
  }
}
