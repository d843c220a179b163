import type { Document } from "mongodb";
import { auditChats } from "../../../src/audit/index.ts";
import type { MigrationContext, MigrationPlan } from "../../../src/migrate/index.ts";
import { checkAlways } from "./always.ts";
import { countIn, counterOf, counters, markedSum, settleCounter } from "./counters.ts";
import { expectedFields, textOf } from "./expected.ts";
import { documentsOf, ownNames, same, without } from "./look.ts";
import { checkReferences } from "./references.ts";
import type { KnownChat, World } from "./world.ts";
import { rootOf } from "../../../src/model/stored-document.ts";

export interface Counts {
  readonly unique: number;
  readonly losers: number;
  readonly invalid: number;
  readonly hasKeys: boolean;
}

/** What there is to be done, counted without a look at how it is done. */
export async function countedChats(world: World): Promise<Counts> {
  const documents = await documentsOf(world.real, "chats");
  const documentOf = ({ id }: KnownChat): Document | undefined => documents.get(textOf(id));
  const live = world.chats.filter((chat) => {
    const isSelected = !world.shape.hasGroups || chat.seed.oddity !== "group";
    return isSelected && !world.apart.has(chat.number) && isLive(documentOf(chat));
  });
  const valid = live.filter(({ seed }) => seed.oddity !== "invalid");
  return {
    unique: live.length,
    losers: valid.length - new Set(valid.map(({ set }) => set)).size,
    invalid: live.length - valid.length,
    hasKeys: live.some((chat) => documentOf(chat)?.[world.keyField] !== undefined),
  };
}

function isLive(chat: Document | undefined): boolean {
  return chat !== undefined && chat["mergedInto"] === undefined;
}

export function checkPlan({ chats, duplicates, invalid }: MigrationPlan, counts: Counts): void {
  const parked = invalid.reduce((sum, one) => sum + one.chats, 0);
  same(
    "plan's numbers",
    [chats.unique, duplicates.losers, parked],
    [counts.unique, counts.losers, counts.invalid],
  );
}

/** What must be true once there is nothing left to do; `before` where nobody has written meanwhile. */
export async function checkMerged(world: World, ctx: MigrationContext, before: Counts | null): Promise<void> {
  await checkAlways(world);
  const documents = await documentsOf(world.real, "chats");
  const shadows = await documentsOf(world.shadow, "chats");
  const survivors = new Map<number, KnownChat>();
  for (const set of new Set(world.chats.map((chat) => chat.set))) {
    const chats = world.chats.filter(
      (chat) => chat.set === set && world.isUnique(chat.seed) && !world.apart.has(chat.number),
    );
    const [survivor, ...others] = chats.filter(({ id }) => isLive(documents.get(textOf(id))));
    same(`more live chats of set ${set}`, others, []);
    if (survivor === undefined) continue;
    for (const chat of chats) survivors.set(chat.number, survivor);
    if (before?.hasKeys === false)
      same(`the survivor of set ${set}`, survivor.number, bestOf(world, chats, shadows)?.number);
    checkSurvivor(world, { survivor, chats, documents, shadows });
  }
  const keyed = [...documents.values()].filter((document) => document[world.keyField] !== undefined);
  const wanted = new Set([...survivors.values()].map(({ id }) => textOf(id)));
  same("chats with a key", keyed.map(({ _id }) => textOf(_id)).toSorted(), [...wanted].toSorted());
  await checkReferences(world, survivors);
  const findings: string[] = [];
  for await (const { code, message } of auditChats(ctx)) if (code !== "PARKED") findings.push(message);
  same("findings", findings, []);
  world.isSettled = true;
}

function bestOf(
  { shape }: World,
  chats: readonly KnownChat[],
  shadows: ReadonlyMap<string, Document>,
): KnownChat | undefined {
  const rank = ({ id }: KnownChat): number => {
    const { isFavourite, score } = shadows.get(textOf(id)) ?? {};
    const flagged = isFavourite === true ? 0 : 1;
    return { oldest: 0, flagged, least: Number(score ?? Infinity), greatest: -Number(score ?? -Infinity) }[
      shape.survivor
    ];
  };
  return chats.toSorted((a, b) => rank(a) - rank(b) || a.number - b.number)[0];
}

interface Group {
  readonly survivor: KnownChat;
  readonly chats: readonly KnownChat[];
  readonly documents: ReadonlyMap<string, Document>;
  readonly shadows: ReadonlyMap<string, Document>;
}

function checkSurvivor(world: World, { survivor, chats, documents, shadows }: Group): void {
  const shadowOf = ({ id }: KnownChat): Document => shadows.get(textOf(id)) ?? {};
  const document = documents.get(textOf(survivor.id)) ?? {};
  const own = shadowOf(survivor);
  const others = chats.filter((chat) => chat !== survivor);
  const expected = expectedFields(world.model, [own, ...others.map(shadowOf)]);
  const found = expectedFields(world.model, [document]);
  const given = new Map(others.map((chat) => [chat.number, shadowOf(chat)]));
  const told = new Set(
    counters.flatMap((path) => checkCounter(world, { survivor, path, document, own, others: given })),
  );
  for (const [path, text] of found)
    if (!told.has(path)) same(`${path} of ${survivor.number}`, text, expected.get(path));
  const left = [...ownNames, world.keyField, ...[...found.keys()].map(rootOf)];
  same(`what does not fold of ${survivor.number}`, without(document, left), without(own, left));
  for (const chat of others) {
    const tombstone = documents.get(textOf(chat.id));
    if (tombstone === undefined) continue;
    const [is, wanted] = [tombstone, shadowOf(chat)].map((one) => untouched(world, one));
    same(`the tombstone ${chat.number}`, without(is, ownNames), wanted);
  }
}

/** Without the elements that the survivor's side has changed: the tombstone's stay as they were. */
function untouched({ changedBy }: World, chat: Document): Document {
  const messages = chat["messages"] as readonly (Document | undefined)[] | undefined;
  if (messages === undefined) return chat;
  return { ...chat, messages: messages.filter((message) => changedBy.get(message?.["_id"]) !== "new") };
}

interface Counted {
  readonly survivor: KnownChat;
  readonly path: string;
  readonly document: Document;
  readonly own: Document;
  readonly others: ReadonlyMap<number, Document>;
}

/** Returns the field where it is no plain sum: then all that is to be said of it is said here. */
function checkCounter(world: World, { survivor, path, document, own, others }: Counted): readonly string[] {
  const counter = counterOf(world, survivor.set, path);
  settleCounter(counter, path, { own, others });
  const isFolded = expectedFields(world.model, [document]).has(rootOf(path));
  if (!isFolded || (counter.off === 0 && !counter.isLoose)) return [];
  const expected = countIn(own, path) + markedSum(counter) + counter.off;
  if (!counter.isLoose) same(`${path} of ${survivor.number}`, countIn(document, path), expected);
  return [rootOf(path)];
}
