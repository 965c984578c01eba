// The types written for readers of this module against those that the engine reads and writes: the compiler runs this file.
import type { CoreOptions } from "../src/core";
import type { MAX_ITEMS } from "../src/engine";
import type { COLOR_DESCRIPTOR_DIM } from "../src/items";
import type * as web from "../src/types";
import type * as rust from "./rust-types";

/** Are two types the same, optional fields included? */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Holds<T extends true> = T;

export type Checks = [
  Holds<Same<web.Group, rust.Group>>,
  Holds<Same<web.Item, rust.Item>>,
  Holds<Same<web.Reason, rust.Reason>>,
  Holds<Same<web.Result, rust.Ranked>>,
  Holds<Same<web.TrackedEvent, rust.TrackedEvent>>,
  Holds<Same<web.TrackedEvent["type"], rust.InteractionKind>>,
  Holds<Same<web.BackendReport["metrics"][string], rust.Metric>>,
  // A page has no use for a request without its session; pausing is what visitors do.
  Holds<Same<CoreOptions, Omit<rust.RerankOptions, "ignoreSession">>>,
  // What the caller gives and what goes on to the engine.
  Holds<Same<CoreOptions, Pick<web.RerankRequest, keyof CoreOptions>>>,
  Holds<Same<typeof MAX_ITEMS, typeof rust.MAX_ITEMS>>,
  Holds<Same<typeof COLOR_DESCRIPTOR_DIM, typeof rust.COLOR_DESCRIPTOR_DIM>>,
];
