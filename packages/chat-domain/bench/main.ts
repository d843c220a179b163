// What one uncontended call costs, beside the bare driver's upsert with the same concerns, in one run.
import { openMongo } from "@onechat/mongo";
import { connect } from "../src/connect/index.ts";
import { chatContext, createOrGetChat, ensureIndexes, participantsKey } from "../src/index.ts";
import { pairedRounds, type Variant } from "./paired-rounds.ts";
import { ratioText } from "./ratio.ts";

await using mongo = await openMongo({
  purpose: "start",
  env: process.env,
  onNotice: (line) => console.error(line),
});
await using connection = connect({ uri: mongo.uri, database: "bench" });
await ensureIndexes(connection);

const sealed = chatContext(connection.db, { legacy: "none" });
const claiming = chatContext(connection.db, { legacy: "claim" });

function people(call: number): readonly string[] {
  return [`alice-${call}`, `bob-${call}`];
}

/** The control: what an application would write by hand. */
function upsert(participants: readonly string[]): Promise<unknown> {
  return connection.chats.findOneAndUpdate(
    { participantsKey: participantsKey(participants) },
    { $setOnInsert: { participants, createdAt: new Date() } },
    { upsert: true, returnDocument: "after", includeResultMetadata: true },
  );
}

const fresh: readonly Variant[] = [
  { name: "driver upsert", call: (call) => upsert(people(call)) },
  { name: "driver upsert again (A/A)", call: (call) => upsert(people(call)) },
  {
    name: "createOrGetChat, legacy: none",
    call: (call) => createOrGetChat(sealed, { participants: people(call) }),
  },
  {
    name: "createOrGetChat, legacy: claim",
    call: (call) => createOrGetChat(claiming, { participants: people(call) }),
  },
];

const known = ["alice", "bob"];
const existing: readonly Variant[] = [
  { name: "driver upsert", call: () => upsert(known) },
  { name: "driver upsert again (A/A)", call: () => upsert(known) },
  { name: "createOrGetChat, legacy: none", call: () => createOrGetChat(sealed, { participants: known }) },
  { name: "createOrGetChat, legacy: claim", call: () => createOrGetChat(claiming, { participants: known }) },
];

console.log(`MongoDB: ${mongo.description}`);
for (const [title, variants] of [
  ["new chats", fresh],
  ["one existing chat", existing],
] as const) {
  await pairedRounds(variants, { rounds: 4, callsPerRound: 100 });
  const results = await pairedRounds(variants, { rounds: 40, callsPerRound: 50 });
  console.log(
    `\n${title}: one caller, p50 of 2,000 calls, ratio to the driver's upsert with its 95 % interval`,
  );
  for (const result of results) {
    const { name, p50 } = result;
    console.log(`  ${name.padEnd(32)} ${p50.toFixed(3)} ms   ${ratioText(result)}`);
  }
}
