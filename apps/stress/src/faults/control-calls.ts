import type { Stage } from "../run/stage.ts";
import { type Admin, openAdmin } from "../stores/admin.ts";
import type { ControlCalls } from "./measure-machine.ts";

/** Control calls beside those of the callers; disposing of it closes their connections. */
export interface ControlCaller extends AsyncDisposable {
  /** To the database, and over the ways that callers take now. */
  readonly calls: () => ControlCalls;
}

/** Nothing of the packages under test is asked, except whether the API's processes are there. */
export function controlCaller({
  ground: { mongo, admin, databaseOf },
  fleet,
}: Pick<Stage, "ground" | "fleet">): ControlCaller {
  const hops = new Map<string, Admin>();
  const hopTo = (uri: string): Admin => {
    const known = hops.get(uri) ?? openAdmin(uri);
    hops.set(uri, known);
    return known;
  };
  return {
    calls() {
      const routes = fleet.coldRoutes();
      const urls = routes.flatMap((route) => (route.to === "api" ? route.place.urls : []));
      const uris = routes.flatMap((route) => (route.to === "database" ? route.place.uri : []));
      const proxied = uris.find((uri) => uri !== mongo.uri);
      return {
        database: () => admin.write(databaseOf("control")),
        ...(proxied === undefined ? {} : { hop: () => hopTo(proxied).ping() }),
        ...(urls.length === 0 ? {} : { api: (signal) => everyApi(urls, signal) }),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...hops.values()].map((hop) => hop[Symbol.asyncDispose]()));
    },
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
