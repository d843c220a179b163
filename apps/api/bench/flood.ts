import { benchApi } from "./api.ts";
import { load, type LoadOptions, type LoadResult, percentile, type Shot } from "./load.ts";
import { tokenOf } from "./shots.ts";

const rounds = 4;
const seconds = 8;
const [groupsPerBatch, peoplePerGroup] = [20, 100];
const batchPath = `/trpc/${Array(groupsPerBatch).fill("chat.createOrGet").join(",")}?batch=1`;

/**
 * What one caller can do to the others: thirty new pairs a second beside eight batches a second of twenty new groups of a
 * hundred people, with chats without a key to look for, and with no rate that would refuse them. Quiet and flooded rounds
 * take turns. Whether the others' times at most double, their median and the slowest of a hundred.
 */
export async function flood(mongoUri: string, print: (line: string) => void): Promise<boolean> {
  await using api = await benchApi({ MONGODB_URI: mongoUri, MONGODB_DB: "flood" });
  const run = `${process.pid}-${Date.now()}`;
  const [alice, mallory] = [await tokenOf("alice"), await tokenOf("mallory")];
  const victims = (round: string): LoadOptions => ({
    url: api.url,
    connections: 16,
    seconds,
    rate: 30,
    next: (index) => newPair(alice, `${run}-${round}-${index}`),
  });
  const flooding = (round: string): LoadOptions => ({
    url: api.url,
    connections: 16,
    seconds,
    rate: 8,
    next: (index) => newGroups(mallory, `${run}-${round}-${index}`),
  });
  await load({ ...victims("warm"), seconds: 3 });
  const quiet: LoadResult[] = [];
  const flooded: LoadResult[] = [];
  for (let round = 0; round < rounds; round += 1) {
    quiet.push(await load(victims(`quiet-${round}`)));
    const [beside, batches] = await Promise.all([
      load(victims(`beside-${round}`)),
      load(flooding(`flood-${round}`)),
    ]);
    flooded.push(beside);
    print(`batches: ${describe([batches])}`);
  }
  print(`quiet:   ${describe(quiet)}`);
  print(`flooded: ${describe(flooded)}`);
  const [before, after] = [latencies(quiet), latencies(flooded)];
  const ratio = (share: number): number => percentile(after, share) / percentile(before, share);
  print(`p50 ${ratio(0.5).toFixed(2)} times, p99 ${ratio(0.99).toFixed(2)} times as long as in quiet`);
  return ratio(0.5) <= 2 && ratio(0.99) <= 2;
}

function newPair(token: string, name: string): Shot {
  const body = JSON.stringify({ participants: [`friend-${name}`] });
  return { path: "/trpc/chat.createOrGet", token, body, expected: 200 };
}

function newGroups(token: string, name: string): Shot {
  const groups = Array.from({ length: groupsPerBatch }, (_, group) => ({
    participants: Array.from(
      { length: peoplePerGroup - 1 },
      (_person, person) => `${name}-${group}-${person}`,
    ),
  }));
  return {
    path: batchPath,
    token,
    body: JSON.stringify(Object.fromEntries(groups.entries())),
    expected: 200,
  };
}

function latencies(results: readonly LoadResult[]): readonly number[] {
  return results.flatMap((result) => result.latencies).toSorted((a, b) => a - b);
}

function describe(results: readonly LoadResult[]): string {
  const all = latencies(results);
  const at = (share: number): string => `${percentile(all, share).toFixed(1)} ms`;
  const surprises = JSON.stringify(results.map((result) => result.surprises));
  return `${all.length} answered, p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}, surprises ${surprises}`;
}
