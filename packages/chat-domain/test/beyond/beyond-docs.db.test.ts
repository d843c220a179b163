import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrGetChat, findChat, getChat } from "../../src/index.ts";
import { freshDatabase } from "../fresh-database.ts";
import { deleteChat, hide, open as openHidden } from "./code/deletion.ts";
import { chatsOf, join, leave, newGroup, turnIntoGroup } from "./code/groups.ts";
import { ensureActivityIndex, newestChats, open, touch } from "./code/last-activity.ts";

let own: Awaited<ReturnType<typeof freshDatabase>>;
beforeAll(async () => {
  own = await freshDatabase();
});
afterAll(() => own[Symbol.asyncDispose]());

describe("docs/beyond.md", () => {
  it("shows the code that is tested here, and no other", () => {
    const page = readFileSync(new URL("../../../../docs/beyond.md", import.meta.url), "utf8");
    const shown = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? "");
    const folder = new URL("code/", import.meta.url);
    const tested = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
    expect(new Set(shown)).toEqual(new Set(tested));
  });

  it("has its code for replica sets run on one by the workflow", () => {
    const workflow = readFileSync(new URL("../../../../.github/workflows/ci.yml", import.meta.url), "utf8");
    const thorough = /^  thorough:\n(.*?)(?=^  \w+:\n)/ms.exec(workflow)?.[1] ?? "";
    for (const image of ["mongo:7", "mongo:8"])
      expect(thorough).toContain(`{ name: "${image}", provider: testcontainers, image: "${image}" }`);
    expect(thorough).toContain("MONGO_PROVIDER: ${{ matrix.mongo.provider }}");
    expect(thorough).toContain("run: npm run test:thorough");
  });

  it("has groups that people join and leave, beside pairs that stay what they are", async () => {
    const chats = chatsOf(own.db);
    const pair = await createOrGetChat(chats, { participants: ["gus", "hal"] });
    const groups = [
      await newGroup(chats, ["gus", "hal"], "a"),
      await newGroup(chats, ["gus", "hal"], "b"),
    ] as const;
    expect(await join(chats, groups[0], "ida")).toBe(true);
    expect(await leave(chats, groups[0], "gus")).toBe(true);
    expect((await getChat(chats, groups[0])).participants).toEqual(["hal", "ida"]);
    expect([await join(chats, pair.chat.id, "ida"), await leave(chats, pair.chat.id, "gus")]).toEqual([
      false,
      false,
    ]);
    expect(await createOrGetChat(chats, { participants: ["hal", "gus"] })).toMatchObject({
      created: false,
      chat: { id: pair.chat.id },
    });
    expect(await turnIntoGroup(chats, pair.chat.id, "ida")).toBe(pair.chat.id);
    expect((await getChat(chats, pair.chat.id)).participants).toEqual(["gus", "hal", "ida"]);
    const anew = await createOrGetChat(chats, { participants: ["gus", "hal"] });
    expect(anew.created).toBe(true);
  });

  it("hides a chat from one person until it is opened again, and deletes one for everybody", async () => {
    const id = await openHidden(own, "una", "vic");
    await hide(own, id, "una");
    expect((await getChat(own, id)).document["hiddenFor"]).toEqual(["una"]);
    expect(await openHidden(own, "una", "vic")).toBe(id);
    expect((await getChat(own, id)).document["hiddenFor"]).toEqual([]);
    await own.db.collection("messages").insertMany([{ chatId: id }, { chatId: "another" }]);
    await deleteChat(own, id);
    expect(await own.db.collection("messages").distinct("chatId")).toEqual(["another"]);
    expect((await getChat(own, id)).document["deletedAt"]).toBeInstanceOf(Date);
    expect(await findChat(own, { participants: ["una", "vic"] })).toBeNull();
    expect(await openHidden(own, "una", "vic")).not.toBe(id);
  });

  it("lists chats by last activity, page by page", async () => {
    await ensureActivityIndex(own);
    const ids: string[] = [];
    for (let chat = 0; chat < 25; chat += 1) ids.push(await open(own, ["lea", `friend-${chat}`]));
    await touch(own, ids[3] ?? "", new Date("2100-01-02"));
    await touch(own, ids[3] ?? "", new Date("2100-01-01"));
    const first = await newestChats(own, "lea", null);
    expect(first.map(({ _id }) => String(_id))).toEqual([ids[3], ...ids.toReversed().slice(0, 19)]);
    const last = first.at(-1) as Parameters<typeof newestChats>[2];
    expect((await newestChats(own, "lea", last)).map(({ _id }) => String(_id))).toEqual(
      ids
        .toReversed()
        .slice(19)
        .filter((id) => id !== ids[3]),
    );
  });
});
