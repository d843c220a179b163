import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { until } from "@onechat/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../src/load/free-port.ts";
import { run } from "../stress-process.ts";

const page = readFileSync(new URL("../../../../docs/stress.md", import.meta.url), "utf8");
/** What the page has one write, in its order: a server, a store, a better server, the store of the base. */
const [naiveServer = "", store = "", indexedServer = "", baseStore = ""] = [
  ...page.matchAll(/```js\n([^]*?)```/g),
].map(([, code]) => code ?? "");
const command = /^npm run stress -- run (.*--store .*)$/m.exec(page)?.[1] ?? "";
/** What the workflow of the page runs, but for the database and the place of the results. */
const workflow = /- run: npm run stress -- run ci (.*) --uri/.exec(page)?.[1] ?? "";

describe("the page about the harness, followed by somebody with an Express application", () => {
  const directory = mkdtempSync(join(tmpdir(), "stress-express-"));
  const servers: ChildProcess[] = [];

  beforeAll(() => {
    symlinkSync(
      fileURLToPath(new URL("../../node_modules", import.meta.url)),
      join(directory, "node_modules"),
    );
    writeFileSync(join(directory, "my-store.mjs"), store);
  });
  afterAll(() => {
    for (const server of servers) server.kill();
    rmSync(directory, { recursive: true });
  });

  async function started(server: string): Promise<string> {
    const port = String(await freePort());
    const file = join(directory, `server-${port}.mjs`);
    writeFileSync(file, server);
    const env = {
      ...process.env,
      PORT: port,
      MONGODB_URI: testMongo().uri,
      MONGODB_DB: databaseName("express"),
    };
    servers.push(spawn(process.execPath, [file], { env, stdio: "inherit" }));
    const url = `http://127.0.0.1:${port}`;
    await until("the server to answer", () =>
      fetch(url).then(
        () => true,
        () => false,
      ),
    );
    return url;
  }

  async function ran(server: string, flags = command): Promise<Awaited<ReturnType<typeof run>>> {
    const args = flags.replaceAll(/\.+\//g, `${directory}/`).split(" ");
    return run([...args, "--uri", testMongo().uri], { CHAT_URL: await started(server) });
  }

  it("gets exit code 1 for find-then-create, with the first key and the calls that prove it", async () => {
    const { code, stdout, result } = await ran(naiveServer);
    expect({ code, said: stdout.split("\n")[1] }).toEqual({
      code: 1,
      said: expect.stringMatching(/^ANOMALY: /) as unknown,
    });
    expect(stdout).toMatch(/^SPLIT_ID on ours\/domain\/\S+ and \d+ more like it: /m);
    expect(stdout).toMatch(/^ {4}op \d+ w\d: ensure from .*, created$/m);
    expect(result?.anomalies.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["SPLIT_ID", "DOUBLE_CREATED"]),
    );
  });

  it("gets exit code 0 with the unique index, and is told what nobody has looked at", async () => {
    const { code, stdout, result } = await ran(indexedServer);
    expect({ code, reasons: result?.reasons, anomalies: result?.anomalies }).toEqual({
      code: 0,
      reasons: [],
      anomalies: [],
    });
    expect(stdout).toContain("note: my-store.mjs was read at the end by a new process");
    expect(
      result?.contention.filter(({ variant }) => variant === "ours").every(({ racesLost }) => racesLost >= 0),
    ).toBe(true);
  });

  it("compares it with the service of the base, as the workflow of the page does", async () => {
    const baseUrl = await started(indexedServer);
    writeFileSync(join(directory, "base-store.mjs"), baseStore.replace("http://127.0.0.1:4001", baseUrl));
    const { result } = await ran(indexedServer, `smoke --rounds 8 --tolerance 900% ${workflow}`);
    expect(result).toMatchObject({ anomalies: [], verdict: "pass" });
    const compared = result?.ratios.filter(({ to, metric }) => to === "base" && metric === "latency.p50");
    expect(compared?.map(({ workload }) => workload)).toEqual(["fresh", "existing", "hot"]);
  });
});
