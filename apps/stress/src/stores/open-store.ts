import { randomUUID } from "node:crypto";
import type { Variant } from "../history/operation.ts";
import { type ApiPlace, openApiClient } from "./api-client.ts";
import { clientOptions, connected, poolSize, type StorePlace, writeCounter } from "./client.ts";
import { naiveStore, rawStore } from "./driver-controls.ts";
import { openMongoose } from "./mongoose-control.ts";
import { openOurs } from "./ours.ts";
import { openModule } from "./own-module.ts";
import type { Store, StoreEnv } from "./store.ts";

/** How calls get to a store: everything that a calling process has to know to open it. */
export type Route =
  | {
      readonly to: "database";
      readonly variant: Variant;
      readonly place: StorePlace;
      readonly build?: string | null;
    }
  | { readonly to: "api"; readonly place: ApiPlace }
  | { readonly to: "module"; readonly place: { readonly file: string; readonly timeoutMs: number } };

/** A store, and what may be done with it besides asking. */
export interface Opened {
  readonly store: Store;
  /** Whatever can be had before the calls are due, such as the tokens of those who call for these sets of people. */
  readonly prepare?: (sets: readonly (readonly string[])[]) => Promise<void>;
  /** How many commands that write were sent so far; `null` when they are not counted. */
  readonly writesSent?: () => number | null;
}

export async function openStore(route: Route, env: StoreEnv): Promise<Opened> {
  if (route.to === "api") return openApiClient(route.place);
  if (route.to === "module") return { store: await openModule(route.place.file, env) };
  const { variant, place, build = null } = route;
  if (variant === "mongoose") return openMongoose(place);
  const connection = connected(place.uri, clientOptions(place));
  const db = connection.client.db(place.database);
  const store =
    variant === "naive"
      ? naiveStore(db)
      : variant === "raw"
        ? rawStore(db)
        : await openOurs(db, place.timeoutMs, build);
  return {
    store: { ...store, close: async () => connection[Symbol.asyncDispose]() },
    writesSent: writeCounter(connection.client, place),
  };
}

/**
 * Opens connections and runs every code path once, so that the first measured call is like all others. Never fails:
 * what does not work will be seen by those who are measured.
 */
export async function warmUp({ store, prepare }: Opened, { run }: StoreEnv): Promise<void> {
  const people = { participants: [`${run}-warm-up`, `${run}-warm-up-${randomUUID()}`], scope: "" };
  await prepare?.([people.participants, people.participants.toReversed()]);
  await Promise.allSettled(
    Array.from({ length: poolSize }, () => store.find?.(people) ?? store.ensure(people)),
  );
  const [ensured] = await Promise.allSettled([store.ensure(people)]);
  const id = ensured.status === "fulfilled" ? ensured.value.id : null;
  const again = [
    store.ensure(people),
    store.find?.(people),
    id === null ? undefined : store.resolve?.(id, people),
  ];
  await Promise.allSettled(again.filter((question) => question !== undefined));
}
