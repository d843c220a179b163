import type { Stage } from "../run/stage.ts";
import type { Target } from "../run/target.ts";
import { openAdmin } from "../stores/admin.ts";
import type { ControlCalls } from "./measure-machine.ts";

export interface OpenedControls extends AsyncDisposable {
  readonly calls: ControlCalls;
}

/**
 * Calls beside those of the callers, to the database and over the ways that callers take. Nothing of the packages under
 * test is asked, except whether the API's processes are there.
 */
export function openControls(
  { ground: { mongo, admin, databaseOf } }: Pick<Stage, "ground">,
  targets: readonly Target[],
): OpenedControls {
  const urls = targets.flatMap(({ route }) => (route.to === "api" ? route.place.urls : []));
  const uris = targets.flatMap(({ route }) => (route.to === "database" ? route.place.uri : []));
  const proxied = uris.find((uri) => uri !== mongo.uri);
  const hop = proxied === undefined ? null : openAdmin(proxied);
  return {
    calls: {
      database: () => admin.write(databaseOf("control")),
      ...(hop === null ? {} : { hop: () => hop.ping() }),
      ...(urls.length === 0 ? {} : { api: (signal) => everyApi(urls, signal) }),
    },
    [Symbol.asyncDispose]: async () => hop?.[Symbol.asyncDispose](),
  };
}

async function everyApi(urls: readonly string[], signal: AbortSignal): Promise<void> {
  await Promise.all(
    urls.map(async (url) => {
      const answer = await fetch(`${url}/livez`, { signal });
      await answer.arrayBuffer();
    }),
  );
}
