import { describe, expect, it } from "vitest";
import { imageOf, legacyDatabase } from "./legacy-database.ts";
import {
  blockCommands,
  type Clone,
  cloneFor,
  inlineCommands,
  type Pasted,
  repositoryText,
  sectionOf,
} from "./pasted-commands.ts";

const adopting = await repositoryText("docs/adopting.md");
const runbook = await repositoryText("docs/operations/runbook.md");
const [configuration = ""] =
  /(?<=^```json\n).*?(?=^```$)/ms.exec(await repositoryText("docs/migration.md")) ?? [];

async function pasteAll(clone: Clone, commands: readonly string[]): Promise<readonly Pasted[]> {
  const results: Pasted[] = [];
  for (const command of commands) results.push(await clone.paste(command));
  return results;
}

/** Where an alert sends whoever is woken by it. */
async function pageOf(alert: string): Promise<string> {
  const rules = await repositoryText("docs/operations/prometheus-alerts.yaml");
  const after = rules.slice(rules.indexOf(`alert: ${alert}\n`));
  const [, path = "", anchor = ""] = /runbook: (\S+)#(\S+)/.exec(after) ?? [];
  expect([path, anchor]).toEqual(["docs/operations/runbook.md", alert.toLowerCase()]);
  return sectionOf(await repositoryText(path), alert);
}

describe("somebody who only pastes what the documents say", () => {
  it("gets from a legacy database to a verified migration, purges it, and goes back", async () => {
    await using legacy = await legacyDatabase("pasted", { indexed: false });
    await using clone = await cloneFor(legacy, configuration);
    const [, ...recipe] = blockCommands(sectionOf(adopting, "The recipe"));
    const results = await pasteAll(clone, recipe);
    expect(results.map(({ code }) => code)).toEqual([3, 0, 0, 0, 0, 0, 0, 0]);
    expect(results[0]?.output).toContain("--create-reference-indexes");
    expect(results[4]?.command).toContain("verify");
    const chats = legacy.db.collection("chats");
    expect(await chats.countDocuments()).toBe(9);
    expect(await chats.countDocuments({ participantsKey: /^v1\./ })).toBe(9);
    const merged = await imageOf(legacy, ["chats"]);

    const [preview, back] = await pasteAll(clone, blockCommands(sectionOf(adopting, "Going back")));
    expect([preview?.code, back?.code]).toEqual([0, 0]);
    expect(await chats.countDocuments()).toBe(12);
    expect(await imageOf(legacy, ["chats"])).not.toEqual(merged);
  });

  it("gets from the alert of a missing index to its page, and from there to a database that is well", async () => {
    await using legacy = await legacyDatabase("pasted-index");
    await using clone = await cloneFor(legacy, configuration);
    expect(await clone.paste("npm run migrator -- up --config migrator.json --execute")).toMatchObject({
      code: 0,
    });
    await legacy.db.collection("chats").dropIndex("participantsKey_1");
    const [plan, up, verify] = await pasteAll(clone, inlineCommands(await pageOf("OnechatIndexMissing")));
    expect([plan?.code, up?.code, verify?.code]).toEqual([0, 0, 0]);
    const [, status] = blockCommands(runbook);
    expect(await clone.paste(status ?? "")).toMatchObject({ code: 0 });
  });

  it("gets from the alert of a wrong key to the chat it is about", async () => {
    await using legacy = await legacyDatabase("pasted-integrity");
    await using clone = await cloneFor(legacy, configuration);
    await clone.paste("npm run migrator -- up --config migrator.json --execute");
    const chats = legacy.db.collection("chats");
    const changed = await chats.findOneAndUpdate(
      { participantsKey: /^v1\./ },
      { $set: { users: ["mallory"] } },
    );
    const id = String(changed?._id);
    const [verify = "", explain = ""] = inlineCommands(await pageOf("OnechatIntegrity"));
    const found = await clone.paste(verify);
    expect(found.code).toBe(5);
    expect(found.output).toMatch(new RegExp(`WRONG_KEY[^]*${id}`));
    const story = await clone.paste(explain.replace("<chatId>", id));
    expect([story.code, story.output]).toEqual([0, expect.stringContaining(id)]);
  });
});
