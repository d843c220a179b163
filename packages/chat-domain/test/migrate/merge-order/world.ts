/**
 * A migration as a model: a survivor S, a chat L that may become its duplicate, and N, which create-or-get may make. Every
 * look and every write is one step, and between any two steps something else may happen.
 */
export interface World {
  readonly chats: Readonly<Partial<Record<Name, Chat>>>;
  readonly messages: readonly Message[];
  readonly journal: Journaled | null;
  readonly runner: Runner;
  readonly call: Call;
  /** Whether the unique index is there: without it whoever writes a key has it. */
  readonly isIndexed: boolean;
  /** What may still happen, each once. */
  readonly events: readonly EventName[];
}

export type Name = "S" | "L" | "N";
export type People = "ab" | "abc";

export interface Chat {
  readonly people: People;
  readonly key: People | null;
  readonly mergedInto: Name | null;
  /** Whether it names L as its duplicate. */
  readonly aliases: boolean;
  readonly released: boolean;
}

/** One that was sent to L. */
export interface Message {
  readonly at: Name;
  /** The chats that have been of the same people as L since it was sent: whoever is in those may read it. */
  readonly mayBeIn: readonly Name[];
}

export interface Journaled {
  readonly state: "planned" | "merged";
  readonly survivor: Name;
}

/** The runner's next step, and what it remembers: lost when it is killed. */
export interface Runner {
  readonly step: RunnerStep;
  readonly seen: Chat | null;
  readonly survivor: Name | null;
}

export type RunnerStep =
  | "look at the index"
  | "take doubled keys"
  | "build the index"
  | "look at S"
  | "take the key of S"
  | "claim S"
  | "look at L"
  | "take the key of L"
  | "claim L"
  | "look at the holder"
  | "take the holder's key"
  | "plan"
  | "look at both"
  | "name the duplicate"
  | "commit"
  | "look again"
  | "move"
  | "look before the end"
  | "end"
  | "sweep"
  | "move back"
  | "revive"
  | "unname"
  | "move back again"
  | "forget"
  | "done";

/** A create-or-get of a and b where `drift` is released. */
export interface Call {
  readonly step: "not made" | "read" | "take the key" | "find" | "claim" | "insert" | "answered";
  readonly seen: Chat | null;
  readonly of: Name | null;
}

export type EventName =
  | "kill"
  | "a message to L"
  | "another message to L"
  | "c joins L"
  | "c leaves L"
  | "c joins S"
  | "c leaves S"
  | "L is released"
  | "S is released"
  | "the index is dropped"
  | "create-or-get";

const keyless: Chat = { people: "ab", key: null, mergedInto: null, aliases: false, released: false };
export const newRunner: Runner = { step: "look at the index", seen: null, survivor: null };

export function worldOf(events: readonly EventName[]): World {
  return {
    chats: { S: keyless, L: keyless },
    messages: [{ at: "L", mayBeIn: ["S", "L"] }],
    journal: null,
    runner: newRunner,
    call: { step: "not made", seen: null, of: null },
    isIndexed: true,
    events,
  };
}

export function namesOf({ chats }: World): readonly Name[] {
  return (["S", "L", "N"] as const).filter((name) => chats[name] !== undefined);
}

export function chatAt(world: World, name: Name | null): Chat {
  const chat = name === null ? undefined : world.chats[name];
  if (chat === undefined) throw new Error(`there is no ${String(name)}`);
  return chat;
}

/** Who is found by a key: with the unique index nobody else has it. */
export function holderOf(world: World, key: People): Name | null {
  return holdersOf(world, key)[0] ?? null;
}

export function holdersOf(world: World, key: People): readonly Name[] {
  return namesOf(world).filter((name) => world.chats[name]?.key === key);
}

/** Whether the unique index keeps another chat from getting this key. */
export function isTaken(world: World, key: People): boolean {
  return world.isIndexed && holderOf(world, key) !== null;
}

export function isFree({ mergedInto, released }: Chat): boolean {
  return mergedInto === null && !released;
}

export function isRight(chat: Chat): boolean {
  return chat.key === chat.people && isFree(chat);
}

export function withChat(world: World, name: Name | null, change: Partial<Chat>): World {
  const chat = { ...chatAt(world, name), ...change };
  return name === null ? world : { ...world, chats: { ...world.chats, [name]: chat } };
}

/** What is said in L may be read in every chat that is of the same people. */
export function withReaders(world: World): World {
  const { people } = chatAt(world, "L");
  const alike = new Set(namesOf(world).filter((name) => chatAt(world, name).people === people));
  const messages = world.messages.map(({ at, mayBeIn }) => ({
    at,
    mayBeIn: (["S", "L", "N"] as const).filter((name) => mayBeIn.includes(name) || alike.has(name)),
  }));
  return { ...world, messages };
}

/** Everything that may happen beside the runner's and the call's own steps. */
export function happened(world: World, event: EventName): World {
  const after = { ...world, events: world.events.filter((other) => other !== event) };
  return withReaders(happenings[event](after));
}

const happenings: Readonly<Record<EventName, (world: World) => World>> = {
  kill: (world) => ({ ...world, runner: newRunner }),
  "a message to L": sent,
  "another message to L": sent,
  "c joins L": (world) => withChat(world, "L", { people: "abc" }),
  "c leaves L": (world) => withChat(world, "L", { people: "ab" }),
  "c joins S": (world) => withChat(world, "S", { people: "abc" }),
  "c leaves S": (world) => withChat(world, "S", { people: "ab" }),
  "L is released": (world) => withChat(world, "L", { released: true, key: null }),
  "S is released": (world) => withChat(world, "S", { released: true, key: null }),
  "the index is dropped": (world) => ({ ...world, isIndexed: false }),
  "create-or-get": (world) => ({ ...world, call: { ...world.call, step: "read" } }),
};

function sent(world: World): World {
  return { ...world, messages: [...world.messages, { at: "L", mayBeIn: [] }] };
}
