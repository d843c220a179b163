import { testMongo } from "@onechat/mongo/testing";
import { ObjectId } from "bson";
import { describe, expect, it } from "vitest";
import { imageOf, legacyDatabase } from "./legacy-database.ts";
import { fileWith, legacyConfig, run, runHere } from "./migrator-process.ts";

/** What only the command line shows of applications unlike the tutorial's: exit codes and words. */
const application = ["chats", "messages", "members"];

describe("plan", () => {
  it("exits with 6 where chats would be parked, with 3 for a problem, with 4 only if asked", async () => {
    await using broken = await legacyDatabase("plan-parked", { broken: true });
    const plan = await runHere(broken, ["plan"]);
    expect([plan.code, plan.stdout]).toEqual([6, expect.stringContaining(broken.broken)]);
    expect((await runHere(broken, ["up"])).code).toBe(6);
    await using both = await legacyDatabase("plan-problem", { broken: true, indexed: false });
    expect((await runHere(both, ["plan"])).code).toBe(3);
    await using sound = await legacyDatabase("plan-sound");
    expect((await runHere(sound, ["plan"])).code).toBe(0);
    expect((await runHere(sound, ["plan", "--exit-code"])).code).toBe(4);
  });

  it("exits with 3 for people of another type than the configuration says, and nothing is written", async () => {
    await using legacy = await legacyDatabase("plan-type");
    const { participantType: _forgotten, ...chats } = legacyConfig.chats;
    const config = fileWith("forgotten-type.json", JSON.stringify({ ...legacyConfig, chats }));
    const before = await imageOf(legacy);
    const plan = await run(legacy, ["plan", "--config", config]);
    expect([plan.code, plan.stdout]).toEqual([3, expect.stringContaining("participantType")]);
    expect((await run(legacy, ["up", "--execute", "--config", config])).code).toBe(3);
    expect(await imageOf(legacy)).toEqual(before);
  });

  it("exits with 3 for a view, in words of its own", async () => {
    await using legacy = await legacyDatabase("plan-view");
    await legacy.db.createCollection("rooms", { viewOn: "chats", pipeline: [] });
    const chats = { ...legacyConfig.chats, collection: "rooms" };
    const config = fileWith("view.json", JSON.stringify({ ...legacyConfig, chats }));
    for (const command of [["plan"], ["up", "--execute"], ["status"], ["verify"]]) {
      const { code, stdout, stderr } = await run(legacy, [...command, "--config", config]);
      expect([code, stdout + stderr]).toEqual([3, expect.stringMatching(/rooms[^]*view/)]);
    }
  });

  it("exits with 3 for keys of the application's own, and shows the way out", async () => {
    await using legacy = await legacyDatabase("plan-key");
    await legacy.db
      .collection("chats")
      .updateMany({}, [{ $set: { participantsKey: { $toString: "$_id" } } }]);
    const refused = await runHere(legacy, ["up", "--execute"]);
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining("keyField")]);
    const chats = { ...legacyConfig.chats, keyField: "chatKey" };
    const config = fileWith("key-field.json", JSON.stringify({ ...legacyConfig, chats }));
    const up = await run(legacy, ["up", "--execute", "--config", config]);
    expect([up.code, up.stderr]).toEqual([0, expect.anything()]);
    expect((await run(legacy, ["verify", "--config", config])).code).toBe(0);
  });
});

describe("up --to seal", () => {
  it.skipIf(testMongo().capabilities.collMod)(
    "says that the server cannot seal, however little else there is to do",
    async () => {
      await using legacy = await legacyDatabase("seal");
      expect((await runHere(legacy, ["up", "--execute"])).code).toBe(0);
      for (let repetition = 0; repetition < 2; repetition += 1) {
        const { code, stdout, stderr } = await runHere(legacy, ["up", "--to", "seal", "--execute"]);
        expect([code, stdout + stderr]).toEqual([0, expect.stringContaining("not sealed")]);
      }
      const json = await runHere(legacy, ["up", "--to", "seal", "--execute", "--json"]);
      expect(json.stdout).toContain("not sealed");
    },
  );
});

it("rollback says that it tries to give back what one before had to leave", async () => {
  await using legacy = await legacyDatabase("rollback-stays");
  const guest = { chatId: new ObjectId(legacy.duplicate), userId: "guest" };
  const members = legacy.db.collection("members");
  await members.insertOne({ ...guest });
  await runHere(legacy, ["up", "--execute"]);
  const args = ["rollback", "--to", "none"];
  const tries = /tries once more to give back 1 document that stayed/;
  expect((await runHere(legacy, args)).stdout).not.toMatch(tries);
  const { insertedId } = await members.insertOne({ ...guest });
  expect((await runHere(legacy, [...args, "--execute"])).stderr).toContain("1 of the documents of members");
  expect((await runHere(legacy, args)).stdout).toMatch(tries);
  await members.deleteOne({ _id: insertedId });
  await runHere(legacy, [...args, "--execute"]);
  expect(await members.countDocuments(guest)).toBe(1);
  expect((await runHere(legacy, args)).stdout).not.toMatch(tries);
});

describe("rollback --chat", () => {
  it("only says what it would do, then brings one duplicate back, and up leaves it alone", async () => {
    await using legacy = await legacyDatabase("rollback-chat");
    const before = await imageOf(legacy, application);
    await runHere(legacy, ["up", "--execute"]);
    const merged = await imageOf(legacy);
    const args = ["rollback", "--chat", legacy.duplicate];
    const dry = await runHere(legacy, args);
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining(legacy.duplicate)]);
    expect(await imageOf(legacy)).toEqual(merged);
    expect((await runHere(legacy, [...args, "--execute"])).code).toBe(0);
    const duplicate = new ObjectId(legacy.duplicate);
    const chat = await legacy.db.collection("chats").findOne({ _id: { $eq: duplicate } });
    expect(chat).toMatchObject({ releasedAt: expect.any(Date) });
    expect(chat).not.toHaveProperty("mergedInto");
    expect(await legacy.db.collection("messages").countDocuments({ chat: duplicate })).toBe(1);
    expect(await legacy.db.collection("members").countDocuments({ chatId: duplicate })).toBe(2);
    expect((await runHere(legacy, args)).stdout).toContain("a chat of its own again");
    expect((await runHere(legacy, [...args, "--execute"])).code).toBe(0);
    expect((await runHere(legacy, ["verify"])).code).toBe(0);
    expect(await runHere(legacy, ["up", "--execute"])).toMatchObject({ code: 0, stdout: "Nothing to do\n" });
    expect((await runHere(legacy, ["rollback", "--to", "none", "--execute"])).code).toBe(0);
    expect(await imageOf(legacy, application)).toEqual(before);
  });

  it("goes together with no --to, and with a chat that was merged", async () => {
    await using legacy = await legacyDatabase("rollback-wrong");
    await runHere(legacy, ["up", "--execute"]);
    const both = await runHere(legacy, ["rollback", "--chat", legacy.duplicate, "--to", "none", "--execute"]);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("--chat")]);
    const unknown = await runHere(legacy, ["rollback", "--chat", legacy.survivor, "--execute"]);
    expect([[1, 3], unknown.stdout + unknown.stderr]).toEqual([
      expect.arrayContaining([unknown.code]),
      expect.stringContaining(legacy.survivor),
    ]);
  });
});

describe("verify", () => {
  it("exits with 6 for a tombstone that has become another chat, and names the way out", async () => {
    await using legacy = await legacyDatabase("verify-drift");
    await runHere(legacy, ["up", "--execute"]);
    const duplicate = new ObjectId(legacy.duplicate);
    await legacy.db
      .collection("chats")
      .updateOne({ _id: { $eq: duplicate } }, { $push: { users: new ObjectId() as never } });
    await legacy.db.collection("messages").insertOne({ chat: duplicate, content: "from a third person" });
    expect([0, 6]).toContain((await runHere(legacy, ["up", "--execute"])).code);
    const { code, stdout } = await runHere(legacy, ["verify"]);
    expect([code, stdout]).toEqual([6, expect.stringContaining(legacy.duplicate)]);
    expect(stdout).toContain("rollback --chat");
    expect((await runHere(legacy, ["rollback", "--chat", legacy.duplicate, "--execute"])).code).toBe(0);
    expect((await runHere(legacy, ["verify"])).code).toBe(0);
  });

  it("exits with 5 for a key that its chat no longer matches, before up, and with 0 after", async () => {
    await using legacy = await legacyDatabase("verify-key");
    await runHere(legacy, ["up", "--execute"]);
    const lone = await legacy.db
      .collection("chats")
      .findOne({ participantsKey: { $exists: true }, aliases: null });
    if (lone === null) throw new Error("every chat has duplicates");
    await legacy.db.collection("chats").updateOne({ _id: lone._id }, { $set: { isGroupChat: true } });
    const told = await runHere(legacy, ["verify"]);
    expect([told.code, told.stdout]).toEqual([5, expect.stringContaining(String(lone._id))]);
    expect((await runHere(legacy, ["plan", "--exit-code"])).code).toBe(4);
    expect((await runHere(legacy, ["up", "--execute"])).code).toBe(0);
    expect((await runHere(legacy, ["verify"])).code).toBe(0);
  });
});

describe("what a run says", () => {
  it("advises --retry-parked only where it helps", async () => {
    await using legacy = await legacyDatabase("advice", { broken: true });
    const { code, stdout } = await runHere(legacy, ["up", "--execute"]);
    expect(code).toBe(6);
    expect(stdout).not.toContain("--retry-parked");
  });

  it("counts a duplicate that was purged once when it comes back", async () => {
    await using legacy = await legacyDatabase("counted");
    await runHere(legacy, ["purge", "--confirm-drained", "--execute"]);
    const { stdout } = await runHere(legacy, ["rollback", "--to", "none", "--execute", "--json"]);
    const last = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
    expect(last).toMatchObject({ event: "run.end", summary: { counts: { restored: 3 } } });
  });
});
