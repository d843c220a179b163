import type { Rules } from "./rules.ts";
import {
  type Call,
  type Chat,
  chatAt,
  holderOf,
  holdersOf,
  isFree,
  isRight,
  isTaken,
  type Name,
  type Runner,
  type RunnerStep,
  withChat,
  withReaders,
  type World,
} from "./world.ts";

type Step = (world: World, rules: Rules) => World;

/** The runner's next look or write. */
export function runnerStep(world: World, rules: Rules): World {
  return runnerSteps[world.runner.step](world, rules);
}

/** The next step of a create-or-get of a and b, which claims chats without a key and releases those that have drifted. */
export function callStep(world: World, rules: Rules): World {
  return callSteps[world.call.step](world, rules);
}

const indexSteps = {
  "look at the index": (world) => next(world, world.isIndexed ? "look at S" : "take doubled keys"),
  "take doubled keys": (world, rules) => {
    const [losing] = doubledHolders(world, rules);
    return losing === undefined ? next(world, "build the index") : withChat(world, losing, { key: null });
  },
  "build the index": (world, rules) => {
    const isRefused = doubledHolders(world, rules).length > 0;
    return isRefused ? next(world, "take doubled keys") : next({ ...world, isIndexed: true }, "look at S");
  },
} satisfies Partial<Record<RunnerStep, Step>>;

/** Those who lose a key that several hold: all but the chat of these people into which duplicates have been merged. */
function doubledHolders(world: World, { survivorsKeepDoubledKeys }: Rules): readonly Name[] {
  return (["ab", "abc"] as const).flatMap((key) => {
    const holders = holdersOf(world, key);
    const right = holders.filter((name) => isRight(chatAt(world, name)));
    const survivor = survivorsKeepDoubledKeys
      ? right.find((name) => chatAt(world, name).aliases)
      : right.at(-1);
    const keeper = survivor ?? right[0] ?? holders[0];
    return holders.filter((name) => name !== keeper);
  });
}

const keySteps = {
  "look at S": (world, rules) => {
    const S = chatAt(world, "S");
    if (S.key !== null) return next(world, isRight(S) ? "look at L" : "take the key of S", { seen: S });
    return next(world, isClaimable(S, rules) ? "claim S" : "look at L", { seen: S });
  },
  "take the key of S": (world, rules) => next(keyTaken(world, "S", rules), "look at L"),
  "claim S": (world, rules) => next(claimed(world, "S", rules).world, "look at L"),
  "look at L": (world, rules) => {
    const [L, { journal }] = [chatAt(world, "L"), world];
    if (journal !== null)
      return next(world, journal.state === "merged" ? "sweep" : "look at both", {
        survivor: journal.survivor,
      });
    if (L.key !== null) return next(world, isRight(L) ? "done" : "take the key of L", { seen: L });
    return next(world, isClaimable(L, rules) ? "claim L" : "done", { seen: L });
  },
  "take the key of L": (world, rules) => next(keyTaken(world, "L", rules), "done"),
  "claim L": (world, rules) => {
    const claim = claimed(world, "L", rules);
    const survivor = claim.isHeld ? holderOf(world, seenBy(world.runner).people) : null;
    return next(claim.world, survivor === null ? "done" : "look at the holder", { survivor });
  },
  "look at the holder": (world, rules) => {
    const holder = chatAt(world, survivorOf(world));
    if (holder.key !== seenBy(world.runner).people) return next(world, "done");
    if (!rules.holderIsLookedAt || isRight(holder)) return next(world, "plan");
    return next(world, "take the holder's key", { seen: holder });
  },
  "take the holder's key": (world, rules) => next(keyTaken(world, survivorOf(world), rules), "done"),
  plan: (world) =>
    next({ ...world, journal: { state: "planned", survivor: survivorOf(world) } }, "look at both"),
} satisfies Partial<Record<RunnerStep, Step>>;

const mergeSteps = {
  "look at both": (world, rules) => {
    const L = chatAt(world, "L");
    if (L.key !== null) return next(world, "unname");
    if (rules.bothAreLookedAtBefore && !isDuplicate(world)) return next(world, firstToUndo(rules));
    if (!rules.commitComesBeforeMoves) return next(world, "move", { seen: L });
    return next(world, rules.duplicateIsNamedFirst ? "name the duplicate" : "commit", { seen: L });
  },
  "name the duplicate": (world) => {
    if (chatAt(world, survivorOf(world)).key === null) return next(world, "done");
    const isCommitted = chatAt(world, "L").mergedInto !== null;
    return next(withChat(world, survivorOf(world), { aliases: true }), isCommitted ? "look again" : "commit");
  },
  commit: (world, rules) => {
    const L = chatAt(world, "L");
    const isSame = !rules.commitDemandsWhatWasSeen || L.people === seenBy(world.runner).people;
    if (L.key !== null || !isClaimable(L, rules) || !isSame) return next(world, "done");
    return next(
      withChat(world, "L", { mergedInto: survivorOf(world) }),
      rules.duplicateIsNamedFirst ? "look again" : "name the duplicate",
    );
  },
  "look again": (world, rules) => {
    if (chatAt(world, "L").mergedInto === null) return next(world, "done");
    const goesOn = !rules.bothAreLookedAtAgain || isDuplicate(world);
    return next(world, goesOn ? "move" : firstToUndo(rules));
  },
  move: (world, rules) => {
    if (hasMessages(world, "L")) return moved(world, "L", survivorOf(world));
    return next(world, rules.commitComesBeforeMoves ? "look before the end" : "name the duplicate");
  },
  "look before the end": (world, rules) => {
    if (rules.bothAreLookedAtBeforeTheEnd && !isDuplicate(world)) return next(world, firstToUndo(rules));
    return next(world, hasMessages(world, "L") ? "look again" : "end");
  },
  end: (world) => next({ ...world, journal: { state: "merged", survivor: survivorOf(world) } }, "sweep"),
  sweep: (world, rules) => {
    const follows = !rules.bothAreLookedAtBySweeps || isDuplicate(world);
    return follows && hasMessages(world, "L") ? moved(world, "L", survivorOf(world)) : next(world, "done");
  },
} satisfies Partial<Record<RunnerStep, Step>>;

const undoSteps = {
  "move back": (world, rules) => {
    if (hasMessages(world, survivorOf(world))) return moved(world, survivorOf(world), "L");
    return next(world, rules.messagesGoBackBeforeItsRevival ? "revive" : "unname");
  },
  revive: (world, rules) =>
    next(
      withChat(world, "L", { mergedInto: null }),
      rules.messagesGoBackBeforeItsRevival ? "unname" : "move back",
    ),
  unname: (world) => next(withChat(world, survivorOf(world), { aliases: false }), "move back again"),
  "move back again": (world) =>
    hasMessages(world, survivorOf(world)) ? moved(world, survivorOf(world), "L") : next(world, "forget"),
  forget: (world) => next({ ...world, journal: null }, "done"),
  done: (world) => world,
} satisfies Partial<Record<RunnerStep, Step>>;

const runnerSteps: Readonly<Record<RunnerStep, Step>> = {
  ...indexSteps,
  ...keySteps,
  ...mergeSteps,
  ...undoSteps,
};

const callSteps: Readonly<Record<Call["step"], Step>> = {
  "not made": (world) => world,
  read: (world) => {
    const of = holderOf(world, "ab");
    if (of === null) return called(world, "find");
    const seen = chatAt(world, of);
    return called(world, isRight(seen) ? "answered" : "take the key", { seen, of });
  },
  "take the key": (world, rules) => called(keyTaken(world, world.call.of, rules, world.call), "read"),
  find: (world, rules) => {
    const of = (["S", "L"] as const).find((name) => {
      const chat = chatAt(world, name);
      return chat.people === "ab" && chat.key === null && isClaimable(chat, rules);
    });
    return of === undefined
      ? called(world, "insert")
      : called(world, "claim", { seen: chatAt(world, of), of });
  },
  claim: (world, rules) => called(claimed(world, world.call.of, rules, world.call).world, "read"),
  insert: (world) =>
    !isTaken(world, "ab")
      ? called(withReaders(withNew(world)), "answered", { of: "N" })
      : called(world, "read"),
  answered: (world) => world,
};

function withNew(world: World): World {
  const N: Chat = { people: "ab", key: "ab", mergedInto: null, aliases: false, released: false };
  return { ...world, chats: { ...world.chats, N } };
}

/** Sets the key if the chat is as it was seen, and nobody holds it. */
function claimed(
  world: World,
  name: Name | null,
  rules: Rules,
  by: Runner | Call = world.runner,
): { readonly world: World; readonly isHeld: boolean } {
  const [chat, { people }] = [chatAt(world, name), seenBy(by)];
  const isSame = !rules.claimDemandsWhatWasSeen || chat.people === people;
  if (chat.key !== null || !isClaimable(chat, rules) || !isSame) return { world, isHeld: false };
  if (isTaken(world, people)) return { world, isHeld: true };
  return { world: withChat(world, name, { key: people }), isHeld: false };
}

/** Takes the key off a chat that is as it was seen; it takes that of its people where nobody has it. */
function keyTaken(world: World, name: Name | null, rules: Rules, by: Runner | Call = world.runner): World {
  const [chat, { key, people }] = [chatAt(world, name), seenBy(by)];
  if (chat.key === null) return world;
  if (!rules.takingDemandsTheMismatch) return withChat(world, name, { key: null });
  if (chat.key !== key || chat.people !== people) return world;
  return withChat(world, name, { key: isFree(chat) && !isTaken(world, people) ? people : null });
}

function isClaimable(chat: Chat, { releasedAreLeftAlone }: Rules): boolean {
  return releasedAreLeftAlone ? isFree(chat) : chat.mergedInto === null;
}

function isDuplicate(world: World): boolean {
  const [L, survivor] = [chatAt(world, "L"), chatAt(world, survivorOf(world))];
  return isRight(survivor) && !L.released && L.people === survivor.people;
}

function hasMessages({ messages }: World, name: Name): boolean {
  return messages.some(({ at }) => at === name);
}

/** One message at a time. */
function moved(world: World, from: Name, to: Name): World {
  const first = world.messages.findIndex(({ at }) => at === from);
  const messages = world.messages.map((message, at) => (at === first ? { ...message, at: to } : message));
  return { ...world, messages };
}

function firstToUndo(rules: Rules): RunnerStep {
  if (!rules.undoneBeforeForgotten) return "forget";
  return rules.messagesGoBackBeforeItsRevival ? "move back" : "revive";
}

function next(world: World, to: RunnerStep, more: Partial<Runner> = {}): World {
  return { ...world, runner: { ...world.runner, ...more, step: to } };
}

function called(world: World, to: Call["step"], more: Partial<Call> = {}): World {
  return { ...world, call: { ...world.call, ...more, step: to } };
}

function seenBy({ seen }: Runner | Call): Chat {
  if (seen === null) throw new Error("nothing has been seen");
  return seen;
}

function survivorOf({ runner: { survivor } }: World): Name {
  if (survivor === null) throw new Error("there is no survivor");
  return survivor;
}
