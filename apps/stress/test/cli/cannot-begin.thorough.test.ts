import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { testMongo } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { run, start } from "../stress-process.ts";

const onTestMongo = (): readonly string[] => ["--uri", testMongo().uri];
/** Nobody listens there, and nobody is waited for. */
const nowhere = "127.0.0.1:1/?serverSelectionTimeoutMS=300";

describe("a run that cannot begin", () => {
  it("says that the database does not answer", async () => {
    const { code, stderr, directory } = await run(["smoke", "--uri", `mongodb://me:secret@${nowhere}`]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^nothing was run: the database at 127\.0\.0\.1:1 does not answer/m);
    expect(stderr).not.toContain("secret");
    expect(existsSync(directory)).toBe(false);
  });

  it("says that there is no database on this machine", async () => {
    const { code, stderr } = await run(["smoke"], { MONGO_PROVIDER: "mongod", PATH: "/nowhere" });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^nothing was run: .*mongod/m);
  });

  it("says which port is in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const flags = ["--path", "http", "--port", String(port)];
    const { code, stderr } = await run(["smoke", ...flags, ...onTestMongo()]);
    taken.close();
    expect(code).toBe(104);
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is in use`);
  });

  it("says that its directory cannot be made", async () => {
    const { code, stderr } = await start(["run", "smoke", "--out", "/dev/null/x", ...onTestMongo()]).ended;
    expect(code).toBe(104);
    expect(stderr).toContain("--out /dev/null/x: cannot be made");
  });
});
