import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(import.meta.dirname, "../src");

const shared = [["errors"], ["driver"], ["concurrency", "identity"], ["model"], ["store"], ["release"]];
const merging = [
  ...shared,
  ["migrate/context"],
  ["migrate/run"],
  ["migrate/journal"],
  ["migrate/keys"],
  ["migrate/merge/archive"],
  ["migrate/merge/fold"],
  ["migrate/merge/references"],
  ["migrate/merge"],
];

/** Folders of `src` from below to above. Those in one list know nothing of each other. */
const stacks: readonly (readonly (readonly string[])[])[] = [
  [...shared, ["reads", "create-or-get"], ["connect", "."]],
  [...merging, ["migrate/preflight"], ["migrate/phases"], ["migrate/plan"], ["migrate"]],
  [...merging, ["audit"]],
];

interface Import {
  readonly from: string;
  readonly to: string;
}

/** A folder may import what is below it; each is placed once above what is shared, so no circle can come of that. */
function mayImport(folder: string, other: string): boolean {
  if (folder === other) return true;
  return stacks.some((layers) => {
    const level = layers.findIndex((layer) => layer.includes(folder));
    return layers.slice(0, Math.max(level, 0)).some((layer) => layer.includes(other));
  });
}

function violations(imports: readonly Import[]): readonly string[] {
  return imports
    .filter(({ from, to }) => !mayImport(dirname(from), dirname(to)))
    .map(({ from, to }) => `${from} imports ${to}`);
}

/** Types included: whoever reads a file has to know what its types are. */
function importsIn(file: string, text: string): readonly Import[] {
  const modules = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]*)"/g);
  return [...modules].map(([, module = ""]) => ({ from: file, to: normalize(join(dirname(file), module)) }));
}

const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);
const imports = files.flatMap((file) => importsIn(file, readFileSync(join(source, file), "utf8")));

describe("the folders of chat-domain", () => {
  it("have their place among the layers, every one", () => {
    const placed = new Set(stacks.flat(2));
    expect(new Set(files.map((file) => dirname(file)))).toEqual(placed);
  });

  it("import only what is below them", () => {
    expect(imports.length).toBeGreaterThan(files.length);
    expect(violations(imports)).toEqual([]);
  });

  it("would be told of a type, a re-export or a late import of what is above or beside them", () => {
    const planted = [
      ...importsIn("model/chat.ts", 'import type { ChatStore } from "../store/chat-store.ts";'),
      ...importsIn(
        "reads/get-chat.ts",
        'export {\n  chatRequest,\n} from "../create-or-get/chat-request.ts";',
      ),
      ...importsIn("migrate/run/run.ts", 'const { park } = await import("../journal/journal.ts");'),
      ...importsIn("migrate/index.ts", 'import "../connect/connect.ts";'),
    ];
    expect(violations(planted)).toEqual([
      "model/chat.ts imports store/chat-store.ts",
      "reads/get-chat.ts imports create-or-get/chat-request.ts",
      "migrate/run/run.ts imports migrate/journal/journal.ts",
      "migrate/index.ts imports connect/connect.ts",
    ]);
  });
});
