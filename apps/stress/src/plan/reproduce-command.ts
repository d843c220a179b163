/** What a run was begun with. */
export interface Begun {
  readonly command: string;
  readonly profile: string;
  readonly seed: number;
  readonly typed: Readonly<Record<string, unknown>>;
}

/** Where a run happens, and how it is shown, is another run's own affair. */
const ofThisRun: ReadonlySet<string> = new Set(["profile", "seed", "out", "port", "keepDb", "json", "color"]);

/**
 * The command that plans the same run again: what was typed, and the seed. A password in a connection string is left to
 * whoever knows it.
 */
export function reproduceCommand({ command, profile, seed, typed }: Begun): string {
  const flags = Object.entries(typed).filter(([name, value]) => !ofThisRun.has(name) && value !== undefined);
  return [
    `${command} run ${profile} --seed ${seed}`,
    ...flags.flatMap(([name, value]) =>
      [value].flat().map((each) => `${flagOf(name)} ${quoted(withoutPassword(String(each)))}`),
    ),
  ].join(" ");
}

/** As it is typed. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function withoutPassword(text: string): string {
  return text.replace(/^(mongodb(?:\+srv)?:\/\/[^:@/]+):[^@/]+@/, "$1:PASSWORD@");
}

/** For a shell, where it would not take it as it is. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
