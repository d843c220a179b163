import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { OpenStore, Store, StoreEnv } from "./store.ts";

/** @throws Error that says what is wrong with the module */
export async function openModule(file: string, env: StoreEnv): Promise<Store> {
  const module = (await import(pathToFileURL(resolve(file)).href)) as { readonly default?: unknown };
  if (typeof module.default !== "function")
    throw new Error(
      `${file} has no default export that opens a store: export default (env) => ({ ensure… })`,
    );
  const store = await (module.default as OpenStore)(env);
  if (typeof store.ensure !== "function") throw new Error(`the store of ${file} has no ensure(people)`);
  return understood(store);
}

/** No compiler has looked at somebody's module: ids may be numbers or a driver's objects, and `created` be left out. */
function understood(store: Store): Store {
  return {
    async ensure(...asked) {
      const { id, created } = await store.ensure(...asked);
      return { id: idOf(id), created: typeof created === "boolean" ? created : null };
    },
    ...(store.find && {
      async find(people) {
        const id = (await store.find?.(people)) ?? null;
        return id === null ? null : idOf(id);
      },
    }),
    ...(store.resolve && { resolve: async (id, people) => idOf(await store.resolve?.(id, people)) }),
    ...(store.remove && { remove: async (id) => store.remove?.(id) }),
    ...(store.audit && {
      audit: async (people) => (await store.audit?.(people))?.map((ids) => ids.map(idOf)) ?? [],
    }),
    ...(store.close && { close: async () => store.close?.() }),
    scopes: store.scopes === true,
  };
}

function idOf(id: unknown): string {
  const text = (id ?? "") === "" ? "" : String(id);
  if (text !== "" && text !== "[object Object]") return text;
  throw new TypeError(`the store answered with ${JSON.stringify(id) ?? "nothing"} where an id has to be`);
}
