import { fileURLToPath } from "node:url";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { packedProject } from "../src/index.ts";
import { triedVersions } from "./documented-versions.ts";

const packageFolder = fileURLToPath(new URL("../../../packages/chat-domain", import.meta.url));

const ofDriver = `
  import { MongoClient, ObjectId } from "mongodb";
  const client = new MongoClient(uri);
  const db = client.db(name);
  const driverClient = client;
  const close = (): Promise<void> => client.close();
`;
const ofMongoose = `
  import mongoose, { Types } from "mongoose";
  const { ObjectId } = Types;
  await mongoose.connect(uri, { dbName: name });
  const { db } = mongoose.connection;
  if (db === undefined) throw new Error("not connected");
  const driverClient = mongoose.connection.getClient();
  const close = (): Promise<void> => mongoose.disconnect();
`;

/** One application in two chats of the same people from before, which are claimed, merged and brought back. */
const application = (database: string): string => `
  import { chatContext, createOrGetChat, findChat, getChat } from "@onechat/chat-domain";
  import { migrateUp, migrationContext, rollBack } from "@onechat/chat-domain/migrate";
  const [uri, name] = [process.env["MONGODB_URI"] ?? "", process.env["MONGODB_DB"] ?? ""];
  import { reviveWhenStalled } from "@onechat/chat-domain/connect";
  ${database}
  const reviver = reviveWhenStalled(driverClient);
  const model = { chats: { participants: "users", participantType: "objectId", scope: null } } as const;
  const [me, other] = [new ObjectId(), new ObjectId()];
  const chats = db.collection("chats");
  const { insertedIds } = await chats.insertMany([{ users: [me, other] }, { users: [other, me] }]);
  const migration = migrationContext(db, { model, graceMs: 20 });
  const { outcome, counts } = await migrateUp(migration);
  const ctx = chatContext(db, { model });
  const { chat, created } = await createOrGetChat(ctx, { participants: [me, other], set: { by: me } });
  const fresh = await createOrGetChat(ctx, { participants: [me, new ObjectId()], set: { by: me } });
  const found = await findChat(ctx, { participants: [String(other), me] });
  const merged = await getChat(ctx, insertedIds[1]);
  const by: unknown = fresh.chat.document["by"];
  // The chat that was never a legacy one keeps its key.
  await rollBack(migration, { to: "none" });
  console.log(
    [outcome, counts.merged, created, fresh.created, found?.id === chat.id, merged.id === chat.id, by instanceof ObjectId].join(),
    await chats.countDocuments({ participantsKey: { $exists: true } }),
  );
  await db.dropDatabase();
  await reviver[Symbol.asyncDispose]();
  await close();
`;

const versions = [
  ...triedVersions("mongodb").map((version) => ({ name: "mongodb", version, source: application(ofDriver) })),
  ...triedVersions("mongoose").map((version) => ({
    name: "mongoose",
    version,
    source: application(ofMongoose),
  })),
];

describe.each(versions)("an application with $name $version", ({ name, version, source }) => {
  it("compiles, and has its chats made, migrated and brought back", async () => {
    await using project = await packedProject(packageFolder, {
      [name]: version,
      "@types/node": "^20.19.0",
      typescript: "5.9.3",
    });
    const compilerOptions = {
      module: "NodeNext",
      target: "ES2022",
      lib: ["ES2023", "ESNext.Disposable", "DOM"],
      types: ["node"],
      strict: true,
      skipLibCheck: true,
      outDir: "out",
    };
    const compiled = await project.tool("tsc", ["-p", "."], {
      "tsconfig.json": JSON.stringify({ compilerOptions, files: ["app.ts"] }),
      "app.ts": source,
    });
    expect(compiled).toEqual({ status: 0, output: "" });
    const env = { MONGODB_URI: testMongo().uri, MONGODB_DB: databaseName("packed") };
    const ran = await project.run(
      `Object.assign(process.env, ${JSON.stringify(env)}); await import("./out/app.js");`,
    );
    expect(ran).toEqual({ status: 0, output: "done,1,false,true,true,true,true 1\n" });
  });
});
