import { crashableMongoMissing, testMongo } from "@onechat/mongo/testing";
import { needs } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { run, type Run } from "../stress-process.ts";
import { chooseMutations } from "./choose-mutations.ts";
import { mutant } from "./mutant.ts";
import { meeting, type Mutation, mutations, slowToWrite } from "./mutations.ts";

const contest = ["smoke", "--variant", "ours,naive", "--procs", "2", "--repeats", "1"];

const chosen = chooseMutations(mutations, process.env["MUTATIONS"] ?? process.env["SAMPLE"] ?? "all");
const again = `MUTATIONS=${chosen.map(({ name }) => name).join(",")}`;
const missing = await crashableMongoMissing(process.env);

async function runOf({
  changes,
  load,
  isCrashed,
}: Pick<Mutation, "changes" | "load" | "isCrashed">): Promise<Run> {
  using wrong = mutant(changes);
  const args = [...contest, ...load];
  return isCrashed === true
    ? await run(args, { ...wrong.env, MONGO_PROVIDER: "embedded" })
    : await run([...args, "--uri", testMongo().uri], wrong.env);
}

/** The names of all anomalies, each once; else what was said to people. */
function saidBy({ result, stderr }: Run): string {
  const names = new Set(result?.anomalies.map(({ name }) => name));
  return names.size === 0 ? stderr : [...names].toSorted().join(" ");
}

describe(`a mistake in chat-domain is caught and named (${again})`, () => {
  for (const mutation of chosen) {
    it(
      `${mutation.name}: ${mutation.mistake}`,
      needs(mutation.isCrashed === true ? missing : null),
      async () => {
        const ended = await runOf(mutation);
        expect({ code: ended.code, said: saidBy(ended) }).toEqual({
          code: mutation.code,
          said: expect.stringMatching(mutation.says) as unknown,
        });
      },
    );
  }

  it("the same copy without a mistake passes, as slow to write as those with one", async () => {
    const { code, result } = await runOf({ changes: [slowToWrite], load: meeting });
    expect({ code, anomalies: result?.anomalies }).toEqual({ code: 0, anomalies: [] });
  });
});
