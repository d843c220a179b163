type Env = Readonly<Record<string, string | undefined>>;

/** What a run tries of a list that takes too long as a whole: every `stride`-th, others in every run. */
export interface Sample {
  readonly stride: number;
  /** From 0 up to the stride, exclusive. */
  readonly offset: number;
  /** What tries the same again: `SAMPLE=3/16`, the third of sixteen parts. */
  readonly name: string;
  /** Whether this place of the list is tried. */
  readonly has: (place: number) => boolean;
}

/**
 * The run's part of a list that is cut into so many, unless `SAMPLE` names another one: `3/16` is the third of sixteen,
 * `1/1` everything. A plain number chooses the part, as the clock does where nothing is set (vitest.config.ts).
 *
 * @throws TypeError when `SAMPLE` is neither
 */
export function sampleOf(parts: number, env: Env): Sample {
  const { part, of } = namedPart(env) ?? { part: (seedOf(env) % parts) + 1, of: parts };
  const offset = part - 1;
  return { stride: of, offset, name: `SAMPLE=${part}/${of}`, has: (place) => place % of === offset };
}

/**
 * Another number in every run, for what is drawn at random; the same `SAMPLE` repeats it.
 *
 * @throws TypeError when `SAMPLE` is neither a number nor a part
 */
export function seedOf(env: Env): number {
  const given = env["SAMPLE"] ?? "";
  const seed = namedPart(env)?.part ?? (/^\d{1,15}$/.test(given) ? Number(given) : null);
  if (seed !== null) return seed;
  throw new TypeError(`SAMPLE is a number or a part like 3/16, not ${JSON.stringify(given)}`);
}

interface Part {
  readonly part: number;
  readonly of: number;
}

function namedPart(env: Env): Part | null {
  const [, part, of] = (/^(\d+)\/(\d+)$/.exec(env["SAMPLE"] ?? "") ?? []).map(Number);
  return part !== undefined && of !== undefined && part >= 1 && part <= of ? { part, of } : null;
}
