import { fileURLToPath } from "node:url";
import { type PackedProject, packedProject } from "@onechat/packed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const packageFolder = fileURLToPath(new URL("..", import.meta.url));

describe("@onechat/chat-domain in an application of its own", () => {
  let project: PackedProject;
  beforeAll(async () => {
    project = await packedProject(packageFolder, {
      mongodb: "^7.9.0",
      "mongodb-6": "npm:mongodb@6.8.0",
      "@types/node": "^20.19.0",
    });
  }, 180_000);
  afterAll(async () => project[Symbol.asyncDispose]());

  it("has types that are exact, not any, with the application's own driver", async () => {
    const outcome = await project.typecheck(`
      /// <reference types="node" />
      import { MongoClient } from "mongodb";
      import { chatContext, ChatError, chatIds, createOrGetChat, listChats, participantsKey } from "@onechat/chat-domain";
      import { connect } from "@onechat/chat-domain/connect";

      const ctx = chatContext(new MongoClient("mongodb://localhost").db("app"), { model: { chats: { participants: "users" } } });
      const { chat, created } = await createOrGetChat(ctx, { participants: ["alice", 7], scope: "s", set: { title: "x" } });
      const id: string = chat.id;
      const flag: boolean = created;
      const ids: readonly string[] = await chatIds(ctx, chat);
      const code: "INVALID_PARTICIPANTS" | "CHAT_NOT_FOUND" | "FORBIDDEN" | "INTEGRITY" | "INDEX_MISSING" | "MODEL_MISMATCH" | "UNAVAILABLE" = new ChatError("FORBIDDEN", "no").code;
      await using connection = connect({ uri: "mongodb://localhost" });
      const { next } = await listChats(connection, { participant: "alice" });
      console.log(id, flag, ids, code, next, participantsKey(["alice"]));

      // @ts-expect-error an id is text
      const wrongId: number = chat.id;
      // @ts-expect-error participants are required
      await createOrGetChat(ctx, {});
      // @ts-expect-error participants are a list
      await createOrGetChat(ctx, { participants: "alice" });
      // @ts-expect-error there is no such code
      new ChatError("OOPS", "no");
      // @ts-expect-error a chat cannot be changed in place
      chat.id = "other";
      // @ts-expect-error there is no such policy
      chatContext(connection.db, { legacy: "maybe" });
      // @ts-expect-error nothing is reachable past the exports
      import("@onechat/chat-domain/dist/create-or-get/create-one-chat.js");
    `);
    expect(outcome).toEqual({ status: 0, output: "" });
  });

  it("takes the Db of another copy of the driver, as Mongoose brings one, without a cast", async () => {
    const outcome = await project.typecheck(`
      /// <reference types="node" />
      import { MongoClient, ObjectId } from "mongodb-6";
      import { chatContext, createOrGetChat } from "@onechat/chat-domain";
      import { migrationContext } from "@onechat/chat-domain/migrate";

      const db = new MongoClient("mongodb://localhost").db("app");
      const { chat } = await createOrGetChat(chatContext(db), { participants: [new ObjectId()] });
      console.log(chat.id, migrationContext(db).host);

      // @ts-expect-error a client is no Db
      chatContext(new MongoClient("mongodb://localhost"));
      // @ts-expect-error Mongoose has none before it is connected
      chatContext(undefined);
    `);
    expect(outcome).toEqual({ status: 0, output: "" });
  });

  it("runs, and brings the test vectors along", async () => {
    const outcome = await project.run(`
      import vectors from "@onechat/chat-domain/participants-key.vectors.json" with { type: "json" };
      import { participantsKey } from "@onechat/chat-domain";
      import { connect } from "@onechat/chat-domain/connect";
      const { participants, key } = vectors.accepted[0];
      console.log(participantsKey(participants) === key, typeof connect);
    `);
    expect(outcome.output).toContain("true function");
  });

  it("passes publint and attw", async () => {
    expect(await project.publint()).toMatchObject({ status: 0 });
    expect(await project.areTheTypesWrong()).toMatchObject({ status: 0 });
  });
});
