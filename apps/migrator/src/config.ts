import type { ChatModelInput } from "@onechat/chat-domain";
import { databaseFor, type NamedDatabase } from "@onechat/chat-domain/connect";
import { type ConfigFile, parseConfigFile } from "./config-file.ts";
import type { Host } from "./host.ts";
import { type Flags, flagOf, type OptionName, variables } from "./options.ts";
import { Settings } from "./settings.ts";

export interface Config {
  readonly settings: Settings;
  readonly model: ChatModelInput;
}

export type ParsedConfig = { readonly config: Config } | { readonly problems: readonly string[] };

type Inputs = Pick<Host, "env" | "readFile">;

/** Flags over variables over the file over defaults; all problems at once, each with the place where it was said. */
export function parseConfig(command: string, flags: Flags, host: Inputs): ParsedConfig {
  const sources = sourcesOf(flags, host);
  const parsed = Settings.safeParse(inputOf(command, sources));
  const database = databaseFor(parsed.data?.uri ?? "", namedDatabase(sources));
  const problems = [
    ...sources.problems,
    ...("problem" in database ? [database.problem] : []),
    ...(parsed.error?.issues ?? []).map(
      ({ path, message }) => `${placeOf(String(path[0]), sources)}: ${message}`,
    ),
    ...(parsed.data === undefined ? [] : batchContradictions(parsed.data)),
    ...rollbackContradictions(sources),
  ];
  if (parsed.data === undefined || "problem" in database || problems.length > 0) return { problems };
  return { config: { settings: { ...parsed.data, ...database }, model: sources.file.model } };
}

function rollbackContradictions({ values }: Sources): readonly string[] {
  if (!values.has("to") || !values.has("chat")) return [];
  return ["--to and --chat: either all that came after a phase is undone, or one duplicate"];
}

interface Value {
  readonly value: string | boolean;
  /** Where it was said: a flag or a variable. */
  readonly place: string;
}

interface Sources {
  readonly values: ReadonlyMap<string, Value>;
  readonly file: ConfigFile;
  readonly uri: Value | undefined;
  /** Files that cannot be read or understood. */
  readonly problems: readonly string[];
}

const noFile: ConfigFile = { database: null, model: {} };

function sourcesOf(flags: Flags, host: Inputs): Sources {
  const values = valuesOf(flags, host);
  const problems: string[] = [];
  const read = (source: Value): string | null => {
    const text = fileText(source, host);
    if ("text" in text) return text.text;
    problems.push(text.problem);
    return null;
  };
  return {
    values,
    file: configFile(values.get("config"), read, problems),
    uri: uriOf(values, host, read),
    problems,
  };
}

/** An empty variable counts as absent. */
function valuesOf(flags: Flags, { env }: Inputs): ReadonlyMap<string, Value> {
  const fromEnv = Object.entries(variables).flatMap(([name, variable]) => {
    const value = env[variable] ?? "";
    return value === "" ? [] : [[name, { value, place: variable }] as const];
  });
  const fromFlags = Object.entries(flags).map(
    ([name, value]) => [name, { value, place: flagOf(name as OptionName) }] as const,
  );
  return new Map([...fromEnv, ...fromFlags]);
}

function configFile(
  source: Value | undefined,
  read: (source: Value) => string | null,
  problems: string[],
): ConfigFile {
  const text = source === undefined ? null : read(source);
  if (source === undefined || text === null) return noFile;
  const parsed = parseConfigFile(text);
  if ("config" in parsed) return parsed.config;
  problems.push(...parsed.problems.map((problem) => `${String(source.value)}: ${problem}`));
  return noFile;
}

/** `undefined` when nobody named one; a file that cannot be read has been complained about, and stands for a good one. */
function uriOf(
  values: ReadonlyMap<string, Value>,
  { env }: Inputs,
  read: (source: Value) => string | null,
): Value | undefined {
  const file = values.get("uriFile");
  const value = env["MONGODB_URI"] ?? "";
  if (file !== undefined) {
    const place = `${file.place} ${String(file.value)}`;
    return { value: read(file)?.trim() ?? "mongodb://unread", place };
  }
  return value === "" ? undefined : { value, place: "MONGODB_URI" };
}

function fileText(
  { value, place }: Value,
  { readFile }: Inputs,
): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: readFile(String(value)) };
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "no reason given";
    return { problem: `${place} ${String(value)}: cannot be read (${why})` };
  }
}

function inputOf(command: string, { values, file, uri }: Sources): Readonly<Record<string, unknown>> {
  const given = Object.fromEntries([...values].map(([name, { value }]) => [name, value]));
  const target =
    command === "rollback"
      ? { to: undefined, target: given["to"] ?? (given["chat"] === undefined ? "" : undefined) }
      : {};
  const database = given["database"] ?? file.database ?? undefined;
  return { ...given, ...target, database, uri: uri?.value };
}

function namedDatabase({ values, file }: Sources): NamedDatabase | null {
  const given = values.get("database");
  if (given !== undefined) return { name: String(given.value), place: given.place };
  return file.database === null
    ? null
    : { name: file.database, place: `${String(values.get("config")?.value)}: database` };
}

function placeOf(name: string, { values, uri }: Sources): string {
  if (name === "uri") return uri?.place ?? "MONGODB_URI";
  return values.get(name === "target" ? "to" : name)?.place ?? (name === "target" ? "--to" : name);
}

function batchContradictions({
  batch,
  minBatch,
  maxBatch,
}: Pick<Settings, "batch" | "minBatch" | "maxBatch">): readonly string[] {
  const given = [
    ["min-batch", minBatch],
    ["batch", batch],
    ["max-batch", maxBatch],
  ] as const;
  const sizes = given.flatMap(([name, size]) => (size === undefined ? [] : [{ name, size }]));
  return sizes.slice(1).flatMap(({ name, size }, index) => {
    const before = sizes[index];
    if (before === undefined || before.size <= size) return [];
    return [`--${before.name} ${before.size} is more than --${name} ${size}`];
  });
}
