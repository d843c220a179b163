import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runProgram } from "../src/run-program.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const packages = join(root, "packages");

interface Example {
  readonly name: string;
  readonly example: string | null;
}

/** A function of a package's entry points, and the example in its docstring. */
type PublicFunction = Example;

/** What documents tell a newcomer to write; `beyond.md` and `adopting.md` have tests that run theirs. */
const documents = ["README.md", "docs/client.md", "docs/library.md"];

/** The code in these documents that needs this package, and in its own README. */
function documentedExamples(name: string): readonly Example[] {
  return [...documents, `packages/${name}/README.md`].flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/^```ts\n([^]*?)^```$/gm)]
      .map(([, example = ""], at) => ({ name: `${file.replaceAll(/\W/g, "-")}-${at}`, example }))
      .filter(({ example }) => example.includes(`from "@onechat/${name}"`)),
  );
}

function sourcesOf(folder: string): readonly string[] {
  return readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(folder, "src", file), "utf8"));
}

/** Names that the entry points export as values; what begins with a capital is a class or a schema. */
function exportedNames(folder: string): ReadonlySet<string> {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, string | { readonly "@onechat/source"?: string }>>;
  };
  const entries = Object.values(exports).flatMap((entry) =>
    typeof entry === "string" ? [] : (entry["@onechat/source"] ?? []),
  );
  const lists = entries.flatMap((entry) => [
    ...readFileSync(join(folder, entry), "utf8").matchAll(/^export \{([^}]*)\}/gm),
  ]);
  return new Set(lists.flatMap(([, names = ""]) => names.split(",").map((name) => name.trim())));
}

function publicFunctions(folder: string): readonly PublicFunction[] {
  const names = exportedNames(folder);
  return sourcesOf(folder).flatMap((source) =>
    [...source.matchAll(/((?:\/\*\*(?:(?!\*\/)[^])*\*\/\n)?)export (?:async )?function\*? (\w+)/g)]
      .filter(([, , name = ""]) => names.has(name))
      .map(([, doc = "", name = ""]) => ({ name, example: exampleIn(doc) })),
  );
}

function exampleIn(doc: string): string | null {
  const [, code] = /@example\n \* ```ts\n((?: \*.*\n)*?) \* ```/.exec(doc) ?? [];
  return code?.replaceAll(/^ \* ?/gm, "") ?? null;
}

/** Inside the package, so that it and its dependencies are found by the names that users write. */
async function typecheck(folder: string, examples: readonly Example[]): Promise<string> {
  const project = mkdtempSync(join(folder, "node_modules/.examples-"));
  try {
    for (const { name, example } of examples)
      writeFileSync(join(project, `${name}.ts`), `${example}export {};\n`);
    const compilerOptions = {
      target: "ES2022",
      lib: ["ES2023", "ESNext.Disposable", "DOM"],
      module: "NodeNext",
      customConditions: ["@onechat/source"],
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: true,
      types: ["node"],
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    return (await runProgram("pnpm", ["exec", "tsc", "-p", project], folder)).output;
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

describe.each(["chat-domain", "chat-router", "chat-client"])("the docstrings of %s", (name) => {
  const folder = join(packages, name);
  const functions = publicFunctions(folder);

  it("show an example of every public function", () => {
    expect(functions.length).toBeGreaterThan(0);
    expect(functions.filter(({ example }) => example === null).map((one) => one.name)).toEqual([]);
  });

  it("show examples that compile", { timeout: 120_000 }, async () => {
    const shown = functions.filter(({ example }) => example !== null);
    expect(await typecheck(folder, shown)).toBe("");
  });
});

describe.each(["chat-domain", "chat-router", "chat-client"])("the documents' code for %s", (name) => {
  it("compiles as it stands", { timeout: 120_000 }, async () => {
    const examples = documentedExamples(name);
    expect(examples.map((one) => one.name)).toContain(`packages-${name}-README-md-0`);
    expect(await typecheck(join(packages, name), examples)).toBe("");
  });
});
