import { randomUUID } from "node:crypto";
import { crashableMongo, crashableMongoMissing } from "@onechat/mongo/testing";
import { needs, until } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { readResult } from "../../src/measure/result-file.ts";
import { endOfProcesses, isFrozen, processesOf, procMissing } from "../processes-of.ts";
import { newDirectory, type Running, start } from "../stress-process.ts";

const missing = await crashableMongoMissing(process.env);

/** The program stands still, and so does one of the processes that it has frozen: nobody can thaw it now. */
async function stopWhileFrozen({ child, ended }: Running, mark: string): Promise<void> {
  const own = child.pid ?? 0;
  const others = processesOf(mark).filter((pid) => pid !== own);
  const caught = until(
    "a process to be frozen",
    async () => {
      if (!others.some(isFrozen)) return false;
      child.kill("SIGSTOP");
      await until("the program to stand still", () => isFrozen(own));
      if (others.some(isFrozen)) return true;
      child.kill("SIGCONT");
      return false;
    },
    { withinMs: 200_000 },
  );
  const missed = ended.then(({ code, stdout, stderr }) => {
    throw new Error(`it ended with ${code} before a process was seen to be frozen: ${stdout}${stderr}`);
  });
  await Promise.race([caught, missed]);
}

describe("a run that is stopped while a process is frozen", needs(missing ?? procMissing), () => {
  /** It freezes a process again and again, so that one can be caught. */
  function startPausing(mark: string, directory: string): Running {
    const load = ["--path", "http", "--variant", "ours,naive", "--workload", "hot", "--callers", "4"];
    const pauses = ["--fault", "api-pause", "--repeats", "30", "--duration", "200ms"];
    return start(["run", "smoke", ...load, ...pauses, "--out", directory], {
      MONGO_PROVIDER: "embedded",
      STRESS_TEST: mark,
    });
  }

  it("by Ctrl-C, reports what it saw and leaves no process behind", async () => {
    const mark = randomUUID();
    const directory = newDirectory();
    const running = startPausing(mark, directory);
    await running.said("api-pause");
    await stopWhileFrozen(running, mark);
    running.interrupt();
    running.child.kill("SIGCONT");
    const { code } = await running.ended;
    expect(code).toBe(105);
    expect(await readResult(directory)).toMatchObject({ verdict: "interrupted", anomalies: [] });
    await endOfProcesses(mark);
  });

  it("by kill -9, leaves no process behind", async () => {
    const mark = randomUUID();
    const running = startPausing(mark, newDirectory());
    await running.said("api-pause");
    await stopWhileFrozen(running, mark);
    expect(processesOf(mark).length).toBeGreaterThan(3);
    running.child.kill("SIGKILL");
    await running.ended;
    await endOfProcesses(mark);
  });
});

describe("a run whose database ends in the middle", needs(missing), () => {
  it("says so, and does not wait for every single call", async () => {
    await using mongo = await crashableMongo(process.env);
    const directory = newDirectory();
    // More repeats than there will be time for.
    const load = ["--variant", "ours,naive", "--workload", "burst", "--repeats", "1000", "--timeout", "1s"];
    const impatient = new URL(mongo.uri);
    impatient.searchParams.set("serverSelectionTimeoutMS", "1000");
    const place = ["--uri", impatient.href, "--out", directory];
    const running = start(["run", "smoke", ...load, ...place]);
    await running.said("burst");
    await mongo.kill();
    const { code, stdout } = await running.ended;
    expect(code).toBe(2);
    expect(stdout).toContain("the database has stopped to answer in the middle of the run");
    expect((await readResult(directory)).verdict).toBe("unknown");
  });
});
