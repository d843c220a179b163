import { describe, expect, it } from "vitest";
import { broken, type Rules, rules } from "./rules.ts";
import { callStep, runnerStep } from "./steps.ts";
import {
  chatAt,
  type EventName,
  happened,
  holderOf,
  holdersOf,
  isFree,
  isRight,
  type Name,
  namesOf,
  newRunner,
  type World,
  worldOf,
} from "./world.ts";

const keys = ["ab", "abc"] as const;

/** What must be true at every moment. */
function wrongNow(world: World): string | null {
  const L = chatAt(world, "L");
  if (L.mergedInto !== null && !chatAt(world, L.mergedInto).aliases) return "a tombstone is named by nobody";
  if (L.mergedInto === null && world.messages.some(({ at }) => at !== "L"))
    return "messages are elsewhere than their chat, which is no tombstone";
  return null;
}

/** What must be true when everything has come to rest and the runner has had the last word. */
function wrongAtLast(world: World): string | null {
  const L = chatAt(world, "L");
  const astray = world.messages.filter(({ at, mayBeIn }) => at !== "L" && !mayBeIn.includes(at));
  if (astray.length > 0) return "a message is read by people whom it is not for";
  if (world.journal?.state === "planned") return "a merge is never ended";
  if (L.mergedInto === null && !L.released && L.key === null && world.journal === null && !isHeld(world))
    return "a chat has no key although it is free";
  return wrongKeys(world);
}

function wrongKeys(world: World): string | null {
  const drifted = namesOf(world).filter(
    (name) => chatAt(world, name).key !== null && !isRight(chatAt(world, name)),
  );
  if (drifted.length > 0) return `${drifted.join()} holds a key that is not its own`;
  if (keys.some((key) => holdersOf(world, key).length > 1)) return "several chats hold one key";
  const [S, L] = [chatAt(world, "S"), chatAt(world, "L")];
  const isLost = L.mergedInto === "S" && isFree(S) && holderOf(world, S.people) === "N";
  return isLost ? "a survivor has lost its key to a chat that was made later" : null;
}

function isHeld(world: World): boolean {
  return namesOf(world).some((name) => chatAt(world, name).key === chatAt(world, "L").people);
}

/** As many runs as it takes, undisturbed. */
function atLast(world: World, how: Rules): World | null {
  let now = world;
  for (let runs = 0; runs < 6; runs += 1) {
    const after = afterRun(now, how);
    if (after === null) return null;
    if (stored(after) === stored(now)) return after;
    now = after;
  }
  return null;
}

function afterRun(world: World, how: Rules): World | null {
  let now: World = Object.assign({}, world, { runner: newRunner });
  for (let steps = 0; now.runner.step !== "done"; steps += 1) {
    if (steps > 60) return null;
    now = runnerStep(now, how);
  }
  return now;
}

/** All that a runner knows that begins anew. */
function stored({ chats, messages, journal }: World): string {
  return JSON.stringify([chats, messages, journal]);
}

function wrongInTheEnd(world: World, how: Rules): string | null {
  const last = atLast(world, how);
  return last === null ? "it never comes to rest" : wrongAtLast(last);
}

/** What no look or write may do by itself. */
function wronglyDone(before: World, after: World): string | null {
  for (const name of namesOf(before)) {
    const [was, is] = [chatAt(before, name), chatAt(after, name)];
    if (is.key !== null && is.key !== was.key && is.key !== is.people)
      return `${name} is given a key of others`;
    if (isRight(was) && is.key === null && !isDoubled(before, name))
      return `${name} loses a key that is its own`;
  }
  return null;
}

function isDoubled(world: World, name: Name): boolean {
  const { key } = chatAt(world, name);
  return key !== null && holdersOf(world, key).length > 1;
}

interface Explored {
  readonly worlds: number;
  readonly wrong: string | null;
}

/** A world, and how it has come to be. */
type Reached = readonly [world: World, path: readonly string[]];

/** Every order in which the runner, the call and the events can come. Stops at the first that goes wrong. */
function explored(events: readonly EventName[], how: Rules): Explored {
  const known = new Set<string>();
  const inTheEnd = new Map<string, string | null>();
  const open: Reached[] = [[worldOf(events), []]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [world, path] = next;
    const text = JSON.stringify(world);
    if (known.has(text)) continue;
    known.add(text);
    const kept = stored(world);
    if (!inTheEnd.has(kept)) inTheEnd.set(kept, wrongInTheEnd(world, how));
    const steps = stepsFrom(world, how);
    const wrong =
      wrongNow(world) ??
      inTheEnd.get(kept) ??
      steps.map(([, after]) => wronglyDone(world, after)).find(Boolean);
    if (typeof wrong === "string")
      return { worlds: known.size, wrong: `${wrong} (after: ${path.join(", ")})` };
    for (const event of world.events) open.push([happened(world, event), [...path, event]]);
    for (const [name, after] of steps) open.push([after, [...path, name]]);
  }
  return { worlds: known.size, wrong: null };
}

/** What the runner and the call do next, if anything. */
function stepsFrom(world: World, how: Rules): readonly (readonly [string, World])[] {
  const both = [
    [world.runner.step, runnerStep(world, how)],
    [`call: ${world.call.step}`, callStep(world, how)],
  ] as const;
  return both.filter(([, after]) => after !== world);
}

const stories: readonly (readonly EventName[])[] = [
  ["kill", "a message to L", "c joins L", "c leaves L"],
  ["kill", "a message to L", "c joins S", "c leaves S"],
  ["kill", "a message to L", "c joins L", "c joins S"],
  ["kill", "a message to L", "L is released", "create-or-get"],
  ["kill", "a message to L", "S is released", "create-or-get"],
  ["kill", "a message to L", "c joins S", "create-or-get"],
  ["kill", "c joins L", "c leaves L", "create-or-get"],
  ["a message to L", "another message to L", "c joins S", "c joins L"],
  ["the index is dropped", "kill", "a message to L", "create-or-get"],
  ["the index is dropped", "c joins L", "L is released", "create-or-get"],
];

/** The first thing that goes wrong in any story. */
function firstWrong(how: Rules): string | null {
  for (const events of stories) {
    const { wrong } = explored(events, how);
    if (wrong !== null) return wrong;
  }
  return null;
}

describe("the order of a migration's looks and writes, in every order with what may happen meanwhile", () => {
  it.each(stories.map((events) => [events.join(", "), events] as const))(
    "keeps its promises: %s",
    (_name, events) => {
      const { worlds, wrong } = explored(events, rules);
      expect(wrong).toBeNull();
      expect(worlds).toBeGreaterThan(500);
    },
  );

  it.each(broken)("does not where %s", (_what, rulesBroken) => {
    const wrong = firstWrong({ ...rules, ...Object.fromEntries(rulesBroken.map((rule) => [rule, false])) });
    expect(wrong).not.toBeNull();
  });

  it("rests on no other rule than those that are broken here", () => {
    expect(new Set(broken.flatMap(([, names]) => names))).toEqual(new Set(Object.keys(rules)));
  });
});
