import { readdirSync, readFileSync } from "node:fs";
import { MongoClient } from "mongodb";
import { describe, expect, it } from "vitest";
import { ChatModel } from "../../src/index.ts";
import { tutorialModel } from "./fresh-application.ts";
import { chatsOf } from "./new-version/messages.ts";

const root = new URL("../../../../", import.meta.url);

function textOf(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

function blocksOf(text: string, language: string): readonly string[] {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, code]) =>
    name === language ? [code ?? ""] : [],
  );
}

/** The migrator takes the database's name beside the model. */
function modelOf(json: string): unknown {
  const { database, ...model } = JSON.parse(json) as Record<string, unknown>;
  expect(database).toBeTypeOf("string");
  return model;
}

const readme = textOf("README.md");
const short = textOf("docs/migration.md");
const adopting = textOf("docs/adopting.md");
const withMongoose = textOf("docs/mongoose.md");
const operation = textOf("docs/operations/migrator.md");
const configs = [short, textOf("docs/model.md")].flatMap((text) => blocksOf(text, "json"));

/** Every flag and command that a text says the migrator has. */
function invocationsOf(text: string): {
  readonly commands: readonly string[];
  readonly flags: readonly string[];
} {
  const lines = text.split("\n").filter((line) => /migrator|--config|--[a-z-]+`/.test(line));
  const commands = lines.flatMap((line) =>
    [...line.matchAll(/(?:migrator (?:-- )?|main\.js |`)([a-z]+)(?= --config)/g)].map(
      ([, name]) => name ?? "",
    ),
  );
  const flags = lines.flatMap((line) =>
    [...line.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([flag]) => flag),
  );
  return { commands: [...new Set(commands)], flags: [...new Set(flags)] };
}

describe("what README.md and the pages of docs say about adopting", () => {
  it("shows configurations that the migrator takes", () => {
    expect(configs).toHaveLength(2);
    for (const config of configs) expect(ChatModel.safeParse(modelOf(config)).error).toBeUndefined();
  });

  it("shows the configuration with which the tutorial's application is tested", () => {
    const expected = ChatModel.parse(tutorialModel);
    const tutorials = configs.map((config) => ChatModel.parse(modelOf(config)));
    expect(tutorials.filter(({ chats }) => chats.collection === "chats")).toEqual([expected]);
    const { model } = chatsOf(new MongoClient("mongodb://127.0.0.1:9/").db("app"));
    expect(model.chats).toEqual(expected.chats);
  });

  it("shows the code of the new version that is tested, and no other", () => {
    const folder = new URL("packages/chat-domain/test/mongoose/new-version/", root);
    const tested = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
    expect([adopting, withMongoose].flatMap((text) => blocksOf(text, "ts")).toSorted()).toEqual(
      tested.toSorted(),
    );
  });

  it("names commands and flags that the migrator has", () => {
    const known = textOf("apps/migrator/src/commands/index.ts");
    const options = textOf("apps/migrator/src/options.ts");
    const chapter = readme.slice(readme.indexOf("npm run demo:migrate"), readme.indexOf("npm run stress"));
    const { commands, flags } = invocationsOf([chapter, short, adopting, operation].join("\n"));
    expect(commands).toEqual(expect.arrayContaining(["plan", "up", "verify", "rollback", "purge"]));
    expect(commands.filter((name) => !known.includes(`name: "${name}"`))).toEqual([]);
    expect(flags).toEqual(expect.arrayContaining(["--execute", "--to", "--max-runtime"]));
    expect(flags.filter((flag) => flag !== "--help" && !options.includes(`flags: "${flag}`))).toEqual([]);
  });

  it("explains every exit code in the migrator's own words", () => {
    const exits = textOf("apps/migrator/src/exit-codes.ts");
    const own = [...exits.matchAll(/code: (\d+), meaning: "(.*)"/g)].map(([, code, meaning]) => [
      code,
      meaning,
    ]);
    const table = [...operation.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)].map(([, code, text]) => [code, text]);
    expect(own.length).toBeGreaterThan(5);
    expect(table).toEqual(own);
  });
});
