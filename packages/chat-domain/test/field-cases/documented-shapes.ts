import { readFileSync } from "node:fs";
import type { ChatModelInput } from "../../src/index.ts";

const text = readFileSync(new URL("../../../../docs/model.md", import.meta.url), "utf8");
const chapter = text.slice(text.indexOf("## Which application is yours"));

/** A row of the table in docs/model.md, counted from 1. */
export interface DocumentedShape {
  readonly row: number;
  /** What the application looks like. */
  readonly looks: string;
  readonly model: ChatModelInput;
}

export const documentedShapes: readonly DocumentedShape[] = [
  ...chapter.matchAll(/^\| (.*?) +\| `(\{.*\})` +\|$/gm),
].map(([, looks = "", model = ""], index) => ({
  row: index + 1,
  looks,
  model: JSON.parse(model) as ChatModelInput,
}));

/** The commands that write people into chats which do not hold them. */
export const documentedCommands: readonly {
  readonly collection: string;
  readonly pipeline: readonly object[];
}[] = [...chapter.matchAll(/^ *```js\n *db\.(\w+)\.aggregate\((.*?)\);\n *```$/gms)].map(
  ([, collection = "", pipeline = ""]) => ({
    collection,
    pipeline: JSON.parse(asJson(pipeline)) as readonly object[],
  }),
);

/** Names of fields stand there without quotation marks, as in a shell. */
function asJson(pipeline: string): string {
  return pipeline.replaceAll(/([{,]\s*)([$\w]+):/g, '$1"$2":').replaceAll(/,(\s*[}\]])/g, "$1");
}

/** Rocket.Chat's configuration, as it stands there. */
export const documentedRocketChat: ChatModelInput = (() => {
  const blocks = [...text.matchAll(/^```json\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  const block = blocks.find((code) => code.includes("rocketchat_room")) ?? "{}";
  const { database: _named, ...model } = JSON.parse(block) as ChatModelInput & { readonly database: string };
  return model;
})();
