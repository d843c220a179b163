import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const chatDomain = new URL("../../../../packages/chat-domain/", import.meta.url);
const built = fileURLToPath(new URL("dist/", chatDomain));
const sources = fileURLToPath(new URL("src/", chatDomain));

/** One place of the built chat-domain, and what it becomes. */
export interface Change {
  /** Its name alone: in which folder it lies does not matter. */
  readonly file: string;
  /** Occurs exactly once; a refactoring that moves it has to move it here too. */
  readonly text: string;
  readonly becomes: string;
}

/** A build of chat-domain that is wrong in a known way. */
export interface Mutant extends Disposable {
  /** The environment in which every Node process loads this build in place of the real one. */
  readonly env: Readonly<Record<string, string>>;
}

/** @throws Error when a file or a text to be changed is not there exactly once */
export function mutant(changes: readonly Change[]): Mutant {
  const directory = mkdtempSync(join(tmpdir(), "onechat-mutant-"));
  const copy = join(directory, "dist");
  cpSync(built, copy, { recursive: true, filter: (source) => !/\.(d\.ts|map)$/.test(source) });
  writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }));
  for (const change of changes) apply(copy, change);
  const hook = join(directory, "register.mjs");
  writeFileSync(
    hook,
    `import { register } from "node:module";\nregister("./resolve.mjs", import.meta.url);\n`,
  );
  writeFileSync(join(directory, "resolve.mjs"), resolveHook(copy));
  return {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(hook).href}` },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function apply(copy: string, change: Change): void {
  writeFileSync(join(copy, placeOf(change.file)), changed(change, copy));
}

/** The file as the mistake leaves it. */
export function changed({ file, text, becomes }: Change, directory = built): string {
  const source = readFileSync(join(directory, placeOf(file)), "utf8");
  const found = source.split(text).length - 1;
  if (found !== 1) throw new Error(`${file} has ${JSON.stringify(text)} ${found} times, not once`);
  return source.replace(text, () => becomes);
}

/** By the sources, as a build may hold what an earlier one has left. */
function placeOf(file: string): string {
  const source = file.replace(/\.js$/, ".ts");
  const [place, ...others] = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter(
    (found) => basename(found) === source,
  );
  if (place === undefined || others.length > 0) throw new Error(`there is not one ${source} in chat-domain`);
  return place.replace(/\.ts$/, ".js");
}

/** The copy's own dependencies are looked for where the original's are. */
function resolveHook(copy: string): string {
  const [from, to] = [pathToFileURL(built).href, pathToFileURL(`${copy}/`).href];
  return `
const [from, to] = ${JSON.stringify([from, to])};
export async function resolve(specifier, context, next) {
  const parent = context.parentURL ?? "";
  const isInside = parent.startsWith(to);
  const parentURL = isInside ? from + parent.slice(to.length) : parent;
  const resolved = await next(specifier, { ...context, parentURL });
  return resolved.url.startsWith(from) ? { ...resolved, url: to + resolved.url.slice(from.length) } : resolved;
}
`;
}
