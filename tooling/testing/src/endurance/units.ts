import type { Unit } from "./unit.ts";

const vitest = "node_modules/vitest/vitest.mjs";

/** The parts that a list is tried in, one after the other, until all of it was. */
function parts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${index + 1}/${count}`);
}

interface Tests {
  readonly title: string;
  /** From the root, without `.thorough.test.ts`. */
  readonly file: string;
  readonly env?: Readonly<Record<string, string>>;
}

function tests({ title, file, env = {} }: Tests): Unit {
  const args = [vitest, "run", "--project", "thorough", `${file}.thorough.test.ts`];
  return { name: title, args, env };
}

/** Every part of what is tried in parts. */
function whole(count: number, { title, file }: Tests): readonly Unit[] {
  return parts(count).map((part) => tests({ title: `${title}, ${part}`, file, env: { SAMPLE: part } }));
}

/** What is a matter of chance, again and again with other numbers. */
function again(rounds: number, seed: number, { title, file, env }: Tests): readonly Unit[] {
  return Array.from({ length: rounds }, (_, index) =>
    tests({ title: `${title}, round ${index + 1}`, file, env: { ...env, SAMPLE: String(seed + index) } }),
  );
}

function selftests(rounds: number, seed: number): readonly Unit[] {
  return Array.from({ length: rounds }, (_, index) => ({
    name: `20,000 random histories, round ${index + 1}`,
    args: ["apps/stress/dist/main.js", "selftest", "--seed", String(seed + index), "--histories", "20000"],
    env: {},
  }));
}

const shapes = ["onechat", "mern", "rocketchat"] as const;

/** Tests that try another part, or draw other numbers, in every run. */
function repeated(seed: number): readonly Unit[] {
  const migrate = "packages/chat-domain/test/migrate";
  return [
    ...whole(8, { title: "killed after every write", file: `${migrate}/killed-anywhere` }),
    ...whole(6, { title: "every mutation", file: "apps/stress/test/mutations/mutations" }),
    ...whole(5, { title: "every planted fault", file: "apps/stress/test/mutations/planted-faults" }),
    tests({ title: "the harness, followed with Express", file: "apps/stress/test/cli/express" }),
    ...whole(4, { title: "every passing error", file: "packages/chat-domain/test/every-passing-error" }),
    ...whole(8, { title: "every passing error under a migration", file: `${migrate}/every-passing-error` }),
    tests({
      title: "an hour of chaos under a migration",
      file: `${migrate}/chaos`,
      env: { SAMPLE: String(seed), CHAOS_SECONDS: "3600" },
    }),
    ...again(100, seed, {
      title: "100 random histories of small applications",
      file: `${migrate}/property/property`,
    }),
    ...whole(2, { title: "mistakes in the migrator", file: `${migrate}/property/broken-copies` }),
    tests({ title: "chats of 12 MB", file: "apps/migrator/test/large-chats" }),
    tests({
      title: "chats of 100,000 elements",
      file: "packages/chat-domain/test/field-cases/large-folds",
      env: { SAMPLE: "1/1" },
    }),
    ...again(3, seed, { title: "late writes", file: `${migrate}/late-writes` }),
    ...again(3, seed, { title: "runners killed", file: `${migrate}/killed-process` }),
    ...again(3, seed, { title: "a leader frozen", file: `${migrate}/frozen-leader` }),
    ...again(3, seed, { title: "engine killed under a migration", file: `${migrate}/engine-crash` }),
    ...again(3, seed, {
      title: "API and engine killed under callers",
      file: "packages/chat-client/test/crashes",
      env: { DATABASE_KILLS: "60" },
    }),
    ...again(3, seed, { title: "every fault", file: "apps/stress/test/faults/faults" }),
    ...again(3, seed, { title: "runs stopped", file: "apps/stress/test/cli/stopped-run" }),
    ...again(5, seed, {
      title: "engine killed under writers",
      file: "tooling/mongo/test/durability",
      env: { DURABILITY_KILLS: "60" },
    }),
  ];
}

/** What the thorough tier leaves out: luck, and times that other work on the machine spoils. */
function onDemand(seed: number): readonly Unit[] {
  return [
    tests({
      title: "what the engine forgets without its barrier",
      file: "tooling/mongo/test/durability",
      env: { SAMPLE: String(seed), DURABILITY_WITHOUT_BARRIER: "1" },
    }),
    tests({
      title: "every planted slow build",
      file: "apps/stress/test/mutations/planted-speed",
      env: { SAMPLE: "1/1", PLANTED_SPEED: "1" },
    }),
  ];
}

/** What tries all it has in one run. */
function everythingElse(units: readonly Unit[]): Unit {
  const files = new Set(units.flatMap(({ args }) => args.filter((arg) => arg.endsWith(".test.ts"))));
  const excluded = [...files].map((file) => `--exclude=${file}`);
  return {
    name: "every other thorough test",
    args: [vitest, "run", "--project", "thorough", ...excluded],
    env: {},
  };
}

/** All there is to be tried to its end; the seed is for what is drawn at random. */
export function enduranceUnits(seed: number): readonly Unit[] {
  const tested = [...repeated(seed), ...onDemand(seed)];
  return [
    ...tested,
    everythingElse(tested),
    ...shapes.map((shape) => ({
      name: `the demonstration at its full size, ${shape}`,
      args: ["tooling/demo-migrate/dist/main.js", "--shape", shape],
      env: {},
    })),
    ...selftests(5, seed),
    {
      name: "long histories, every fault again and again",
      args: ["apps/stress/dist/main.js", "run", "chaos", "--seed", String(seed)],
      env: {},
    },
  ];
}
