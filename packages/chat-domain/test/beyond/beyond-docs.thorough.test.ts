import { testMongo } from "@onechat/mongo/testing";
import { needs } from "@onechat/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../src/connect/index.ts";
import { freshDatabase } from "../fresh-database.ts";
import { moves } from "./code/merges.ts";
import { deliver, send } from "./code/outbox.ts";

const { capabilities } = testMongo();
const missing = (there: boolean, what: string): string | null =>
  there ? null : `${what}: MONGO_PROVIDER=testcontainers, or a replica set in MONGODB_URI`;

let own: Awaited<ReturnType<typeof freshDatabase>>;
beforeAll(async () => {
  own = await freshDatabase();
});
afterAll(() => own[Symbol.asyncDispose]());

describe("docs/beyond.md, on a replica set", () => {
  it(
    "sends a message and the news of it, both or neither",
    needs(missing(capabilities.transactions, "this MongoDB has no transactions")),
    async () => {
      const message = { from: "pia", to: "quin", text: "hi" };
      const chatId = await send(own.db.client, own, message);
      await own.db.command({ collMod: "outbox", validator: { kind: "nothing" } });
      await expect(send(own.db.client, own, { ...message, text: "lost" })).rejects.toThrow(/validation/);
      expect(await own.db.collection("messages").distinct("text", { chatId })).toEqual(["hi"]);
      const told: unknown[] = [];
      expect(await deliver(own, async (entry) => void told.push(entry))).toBe(1);
      expect(told).toMatchObject([{ kind: "message-sent", chatId }]);
      expect(await deliver(own, async (entry) => void told.push(entry))).toBe(0);
    },
  );

  it(
    "tells of merges and rollbacks as they happen",
    needs(missing(capabilities.changeStreams, "this MongoDB has no change streams")),
    async () => {
      await using reader = connect({ uri: testMongo().uri, database: own.db.databaseName });
      const redirects = own.db.collection<{ readonly _id: string; readonly to: string }>("chat_redirects");
      await redirects.insertOne({ _id: "before", to: "x" });
      const feed = moves(reader.db);
      const told = feed.next();
      // Until the stream is open it hears nothing: the same again and again, until it does.
      const heard = told.then(() => true);
      while (!(await Promise.race([heard, redirects.deleteMany({}).then(() => false)])))
        await redirects.insertOne({ _id: "old", to: "survivor" }).catch(() => undefined);
      await feed.return(undefined);
      const { token } = (await told).value ?? {};
      await redirects.insertOne({ _id: "late", to: "survivor" });
      const resumed = moves(reader.db, token);
      for await (const { move } of resumed) {
        if (move.from !== "late") continue;
        expect(move).toEqual({ from: "late", to: "survivor" });
        break;
      }
    },
  );
});
