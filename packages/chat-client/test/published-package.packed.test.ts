import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type PackedProject, packedProject } from "@onechat/packed";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** What a page's script of this text would load. */
async function bundled({ folder }: PackedProject, contents: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

const packageFolder = fileURLToPath(new URL("..", import.meta.url));

describe("@onechat/chat-client in an application of its own", () => {
  let project: PackedProject;
  beforeAll(async () => {
    project = await packedProject(packageFolder, {});
  }, 180_000);
  afterAll(async () => project[Symbol.asyncDispose]());

  it("brings neither mongodb nor zod nor the server along", () => {
    for (const name of [
      "mongodb",
      "zod",
      "fastify",
      "trpc-to-openapi",
      "@onechat/api",
      "@onechat/chat-domain",
    ]) {
      expect(existsSync(join(project.folder, "node_modules", name))).toBe(false);
    }
  });

  it("has types that are exact, not any", async () => {
    const outcome = await project.typecheck(`
      import { createChatClient, isChatError } from "@onechat/chat-client";

      const client = createChatClient({ url: "http://127.0.0.1:3000", token: async ({ refused }) => (refused ? "b" : "a") });
      const { chat, created } = await client.chat.createOrGet.mutate({ participants: ["bob"], scope: "s" });
      const id: string = chat.id;
      const flag: boolean = created;
      const createdAt: string | null = chat.createdAt;
      const found = await client.chat.find.query({ participants: ["bob"] });
      const page = await client.chat.list.query({ limit: 10 });
      console.log(id, flag, createdAt, found?.id, page.chats.map(({ participants }) => participants.length), page.next);
      try {
        await client.chat.get.query({ id });
      } catch (error) {
        if (isChatError(error, "CHAT_NOT_FOUND")) {
          const status: number | undefined = error.data?.httpStatus;
          console.log(status, error.data?.reason, error.data?.issues.map(({ path }) => path));
          // @ts-expect-error there is no such field
          console.log(error.data?.nonsense);
        }
        // @ts-expect-error there is no such reason
        isChatError(error, "OOPS");
      }

      // @ts-expect-error an id is text
      const wrongId: number = chat.id;
      // @ts-expect-error there may be no such chat
      found.id;
      // @ts-expect-error participants are required
      await client.chat.createOrGet.mutate({});
      // @ts-expect-error ids are text
      await client.chat.createOrGet.mutate({ participants: [1] });
      // @ts-expect-error fields of the document are not for callers to set
      await client.chat.createOrGet.mutate({ participants: ["bob"], set: { title: "x" } });
      // @ts-expect-error create-or-get is a mutation
      client.chat.createOrGet.query({ participants: ["bob"] });
      // @ts-expect-error there is no such procedure
      client.chat.remove;
      // @ts-expect-error a client needs a token
      createChatClient({ url: "http://127.0.0.1:3000" });
    `);
    expect(outcome).toEqual({ status: 0, output: "" });
  });

  it("runs", async () => {
    const outcome = await project.run(`
      import { createChatClient, isChatError } from "@onechat/chat-client";
      const client = createChatClient({ url: "http://127.0.0.1:9", token: "t", retries: 0 });
      const error = await client.chat.get.query({ id: "a" }).catch((failure) => failure);
      console.log(isChatError(error), error.data);
    `);
    expect(outcome).toMatchObject({ status: 0, output: "true undefined\n" });
  });

  it("is at most 10 kB in a page, tRPC included and compressed, and nothing where it is not used", async () => {
    const used = await bundled(
      project,
      'import { createChatClient } from "@onechat/chat-client"; console.log(createChatClient);',
    );
    expect(gzipSync(used).length).toBeLessThanOrEqual(10_000);
    expect(new TextDecoder().decode(used)).toContain("retry-after");
    expect(await bundled(project, 'import { createChatClient } from "@onechat/chat-client";')).toHaveLength(
      0,
    );
  });

  it("passes publint and attw", async () => {
    expect(await project.publint()).toMatchObject({ status: 0 });
    expect(await project.areTheTypesWrong()).toMatchObject({ status: 0 });
  });
});
