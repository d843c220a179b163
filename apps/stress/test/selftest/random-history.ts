import type { AuditedKey } from "../../src/history/history-line.ts";
import type { Operation, OperationKind } from "../../src/history/operation.ts";
import type { SeededRandom } from "../../src/seeded-random.ts";
import type { SmallHistory } from "./search-order.ts";
import { type Chats, leadsTo, step } from "./sequential-chats.ts";

/** So few that many are equal. */
const instants = 12;
const mostOperations = 7;
const chatsBefore = ["a", "b", "c"];
const allNames = [...chatsBefore, "x", "y"];
/** What callers mostly ask, which differs from history to history. */
const habits: readonly (readonly OperationKind[])[] = [
  ["ensure"],
  ["ensure", "find"],
  ["ensure", "ensure", "find", "resolve", "merge"],
  ["ensure", "find", "find", "find"],
  ["ensure", "resolve", "resolve", "merge"],
  ["resolve", "merge", "merge"],
];

/** A correct history: of callers that really went one after the other, with intervals drawn around what they did. */
export function correctHistory(random: SeededRandom, most = mostOperations): SmallHistory {
  const initial = chatsBefore.slice(0, [0, 0, 0, 1, 2, 2, 3, 3][random.below(8)] ?? 0);
  const circumstances = { kinds: pick(habits, random), random };
  let chats: Chats = { chat: null, live: initial, retired: [] };
  const at = Array.from({ length: 1 + random.below(most) }, () => random.below(instants));
  const operations = at
    .toSorted((a, b) => a - b)
    .map((instant, index) => {
      const played = play(chats, question(index + 1, instant, circumstances), random);
      chats = played.chats;
      return played.operation;
    });
  return { initial, operations, audit: random.below(3) === 0 ? null : auditOf(chats) };
}

interface Circumstances {
  readonly kinds: readonly OperationKind[];
  readonly random: SeededRandom;
}

interface Played {
  readonly operation: Operation;
  readonly chats: Chats;
}

function question(op: number, instant: number, { kinds, random }: Circumstances): Operation {
  const kind = pick(kinds, random);
  const outcome = pick(["ok", "ok", "ok", "ok", "ok", "unknown", "unknown", "fail"] as const, random);
  const retired = kind === "merge" ? pick(chatsBefore, random) : null;
  const survivors = chatsBefore.filter((id) => id !== retired);
  return {
    type: "op",
    op,
    key: "k",
    kind,
    process: "p",
    intended: null,
    start: instant - waited(random),
    end: instant + waited(random),
    outcome,
    id: retired === null || (outcome === "unknown" && random.below(4) === 0) ? null : pick(survivors, random),
    created: null,
    asked: kind === "resolve" ? pick(allNames, random) : retired,
    error: null,
  };
}

/** Mostly short, so that much is really one after the other. */
function waited(random: SeededRandom): number {
  return random.below(4) === 0 ? random.below(instants) : random.below(4);
}

/** What the caller would be told, and what is the case afterwards. */
function play(chats: Chats, asked: Operation, random: SeededRandom): Played {
  if (asked.outcome === "fail") return { operation: failed(asked, "UNAVAILABLE"), chats };
  if (asked.outcome === "unknown") {
    const happened = [chats, ...step(chats, asked, allNames)];
    const operation = failed({ ...asked, end: asked.start + random.below(6) }, "TIMEOUT");
    return { operation, chats: pick(happened, random) };
  }
  const right = answersTo(asked).flatMap((operation) =>
    step(chats, operation, allNames).map((next) => ({ operation, chats: next })),
  );
  if (right.length === 0) return { operation: failed({ ...asked, outcome: "fail" }, "CONFLICT"), chats };
  const played = pick(right, random);
  return { ...played, operation: disguised(played.operation, random) };
}

function answersTo(asked: Operation): readonly Operation[] {
  if (asked.kind === "merge") return [asked];
  if (asked.kind !== "ensure") return [...allNames, null].map((id) => ({ ...asked, id }));
  return allNames.flatMap((id) => [true, false].map((created) => ({ ...asked, id, created })));
}

/** The same answer as it also may look: asked for twice, or as an error that says "there is none". */
function disguised(operation: Operation, random: SeededRandom): Operation {
  if (operation.kind === "ensure" && random.below(8) === 0)
    return { ...operation, retried: true, created: operation.created === true && random.below(2) === 0 };
  if (operation.kind !== "ensure" && operation.id === null && random.below(2) === 0)
    return failed({ ...operation, outcome: "fail" }, "CHAT_NOT_FOUND");
  return operation;
}

function failed(operation: Operation, reason: string): Operation {
  return { ...operation, error: { reason, message: reason } };
}

function auditOf(chats: Chats): AuditedKey {
  return {
    type: "audit",
    key: "k",
    live: chats.live.map(stored),
    redirects: chats.retired.map(([id]) => ({ id, to: leadsTo(chats, id) })),
  };
}

/** A chat as the database holds it. */
export function stored(id: string): AuditedKey["live"][number] {
  return { id, participants: ["p", "q"], scope: "" };
}

export function pick<T>(options: readonly T[], random: SeededRandom): T {
  const option = options[random.below(options.length)];
  if (option === undefined) throw new RangeError("nothing to pick from");
  return option;
}
