import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PackedProject, packedProject } from "../src/index.ts";
import { runProgram } from "../src/run-program.ts";

const folders = ["chat-domain", "chat-client", "chat-router"].map((name) =>
  fileURLToPath(new URL(`../../../packages/${name}`, import.meta.url)),
);

describe("an application that is not made of ES modules", () => {
  let project: PackedProject;
  beforeAll(async () => {
    project = await packedProject(folders, {
      mongodb: "^7.9.0",
      "@trpc/client": "^11.25.2",
      "@trpc/server": "^11.25.2",
      "@types/node": "^20.19.0",
      jest: "^30.0.0",
      typescript: "5.9.3",
    });
  });
  afterAll(async () => project[Symbol.asyncDispose]());

  it("requires the packages, and knows their errors whichever way they were loaded", async () => {
    const { status, output } = await project.run(`
      import { createRequire } from "node:module";
      import * as imported from "@onechat/chat-domain";
      import { MigrationError } from "@onechat/chat-domain/migrate";
      import { toTrpcError } from "@onechat/chat-router";
      const require = createRequire(process.cwd() + "/consumer.cjs");
      const required = require("@onechat/chat-domain");
      const { MigrationError: RequiredMigrationError } = require("@onechat/chat-domain/migrate");
      const error = new required.ChatError("CHAT_NOT_FOUND", "no such chat");
      console.log([
        required.ChatError !== imported.ChatError,
        error instanceof imported.ChatError,
        new imported.ChatError("FORBIDDEN", "no") instanceof required.ChatError,
        new Error("no") instanceof required.ChatError,
        new RequiredMigrationError("LOCKED", "no") instanceof MigrationError,
        toTrpcError(error).code,
        typeof require("@onechat/chat-client").createChatClient,
        typeof require("@onechat/chat-router").createChatRouter,
      ].join());
    `);
    expect({ status, output }).toEqual({
      status: 0,
      output: "true,true,true,false,true,NOT_FOUND,function,function\n",
    });
  });

  it("gets packages that publint and attw find nothing in", async () => {
    expect(await project.publint()).toMatchObject({ status: 0 });
    expect(await project.areTheTypesWrong()).toMatchObject({ status: 0 });
  });

  it("cannot be sent what npm alone has packed", async () => {
    for (const folder of folders) {
      const { status, output } = await runProgram("npm", ["pack", "--dry-run"], folder);
      expect(status).not.toBe(0);
      expect(output).toContain("packed by pnpm alone");
    }
  });

  it("finds all types with moduleResolution node10", async () => {
    const options = {
      module: "commonjs",
      moduleResolution: "node10",
      target: "ES2022",
      strict: true,
      noEmit: true,
    };
    const outcome = await project.tool("tsc", ["-p", "tsconfig.node10.json"], {
      "tsconfig.node10.json": JSON.stringify({
        compilerOptions: {
          ...options,
          skipLibCheck: true,
          lib: ["ES2023", "ESNext.Disposable", "DOM"],
          types: ["node"],
        },
        files: ["node10.ts"],
      }),
      "node10.ts": `
        import { MongoClient } from "mongodb";
        import { auditChats } from "@onechat/chat-domain/audit";
        import { connect } from "@onechat/chat-domain/connect";
        import { migrateUp, migrationContext } from "@onechat/chat-domain/migrate";
        import { chatContext, createOrGetChat } from "@onechat/chat-domain";
        import { createChatClient } from "@onechat/chat-client";
        import { createChatRouter } from "@onechat/chat-router";

        export async function main(): Promise<void> {
          const db = new MongoClient("mongodb://localhost").db("app");
          const { chat } = await createOrGetChat(chatContext(db), { participants: ["a", "b"] });
          const id: string = chat.id;
          // @ts-expect-error an id is text
          const wrong: number = chat.id;
          const client = createChatClient({ url: "http://localhost:3000", token: "t" });
          const found: { readonly id: string } | null = await client.chat.find.query({ participants: ["b"] });
          console.log(id, wrong, found, auditChats, connect, migrateUp, migrationContext, createChatRouter);
        }
      `,
    });
    expect(outcome).toEqual({ status: 0, output: "" });
  });

  it("tests itself with Jest", async () => {
    const { status, output } = await project.tool("jest", ["--rootDir", ".", "--testEnvironment", "node"], {
      "chat.test.cjs": `
        const { chatContext, ChatError, createOrGetChat, participantsKey } = require("@onechat/chat-domain");
        const { createChatClient, isChatError } = require("@onechat/chat-client");
        const { MongoClient } = require("mongodb");

        test("an application's own code", async () => {
          expect(participantsKey(["a", "b"])).toBe(participantsKey(["b", "a"]));
          const client = new MongoClient("mongodb://127.0.0.1:9");
          const chats = chatContext(client.db("app"));
          await expect(createOrGetChat(chats, { participants: [] })).rejects.toBeInstanceOf(ChatError);
          await client.close();
          const call = createChatClient({ url: "http://127.0.0.1:9", token: "t", retries: 0 }).chat.get.query({ id: "a" });
          expect(isChatError(await call.catch((error) => error))).toBe(true);
        });
      `,
    });
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining("1 passed") });
  });
});
