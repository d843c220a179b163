import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/stores/open-store.ts";
import { offersOf, type Store } from "../../src/stores/store.ts";

const pair = { participants: ["a", "b"], scope: "" };

describe("a module of somebody's own", () => {
  const directory = mkdtempSync(join(tmpdir(), "stress-module-"));
  let modules = 0;
  afterAll(() => rmSync(directory, { recursive: true }));

  async function opened(body: string): Promise<Store> {
    const file = join(directory, `store-${(modules += 1)}.mjs`);
    writeFileSync(file, `export default (env) => (${body});`);
    const place = { file, timeoutMs: 1_000 };
    return (await openStore({ to: "module", place }, { process: "w1", run: "r" })).store;
  }

  it("may have numbers and objects as ids, and need not say who created", async () => {
    const store = await opened(`{
      ensure: async () => ({ id: 7 }),
      find: () => ({ toString: () => "0a1b" }),
      resolve: () => 8n,
      audit: () => [[7, "x"]],
    }`);
    expect(await store.ensure(pair)).toEqual({ id: "7", created: null });
    expect(await store.find?.(pair)).toBe("0a1b");
    expect(await store.resolve?.("7", pair)).toBe("8");
    expect(await store.audit?.([pair])).toEqual([["7", "x"]]);
  });

  it("may say in its own way that there is nothing", async () => {
    const store = await opened("{ ensure: () => ({ id: 'x', created: true }), find() {} }");
    expect(await store.ensure(pair)).toEqual({ id: "x", created: true });
    expect(await store.find?.(pair)).toBeNull();
  });

  it.each(["undefined", "null", "''", "{}"])("is told when %s stands where an id has to be", async (id) => {
    const store = await opened(`{ ensure: async () => ({ id: ${id}, created: true }) }`);
    await expect(store.ensure(pair)).rejects.toThrow(/^the store answered with .* where an id has to be$/);
  });

  it("offers what it has, be it an object or one of a class", async () => {
    const store = await opened(
      `new (class { #chat = 0; scopes = true; async ensure() { return { id: (this.#chat += 1), created: true }; } remove() { this.#chat = 9; } })()`,
    );
    expect(offersOf(store)).toEqual(["remove", "scopes"]);
    await store.remove?.("1");
    expect(await store.ensure(pair)).toMatchObject({ id: "10" });
  });

  it.each([
    { body: "{}", says: "has no ensure" },
    { body: "7", says: "has no ensure" },
  ])("is refused if it is $body", async ({ body, says }) => {
    await expect(opened(body)).rejects.toThrow(says);
  });
});
