import { type Document, Long, ObjectId, UUID } from "mongodb";
import { ChatModel, type ChatModelInput, participantId } from "../../../src/index.ts";
import type { FoldStrategy } from "../../../src/model/fold-strategy.ts";

/** The text of a value: equal ones have the same, whatever the order of fields. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    if (inner instanceof ObjectId || inner instanceof Long || inner instanceof UUID)
      return `${inner._bsontype} ${inner.toString()}`;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export function valueAt(document: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (value as Document | null | undefined)?.[name], document);
}

const isNothing = (value: unknown): boolean => value === undefined || value === null;
const listOf = (value: unknown): readonly Document[] => (Array.isArray(value) ? (value as Document[]) : []);
const orderOf = (value: unknown): number => (isNothing(value) ? -Infinity : Number(value));

type Simple = Extract<FoldStrategy, string>;

const simpleFolds: Readonly<
  Record<Simple, (values: readonly unknown[], there: readonly unknown[]) => unknown>
> = {
  sum: ([first], there) =>
    there.length === 0 ? first : there.reduce<number>((sum, value) => sum + Number(value), 0),
  min: (_, there) => there.toSorted((a, b) => orderOf(a) - orderOf(b))[0],
  max: (_, there) => there.toSorted((a, b) => orderOf(b) - orderOf(a))[0],
  every: (values) => values.every((value) => value === true),
  some: (values) => values.includes(true),
  union: (values) => asSet(values.flatMap(listOf)),
  intersection: ([first, ...others]) =>
    asSet(listOf(first).filter((one) => others.every((other) => textsIn(other).has(textOf(one))))),
};

/** What the survivor's field is when all documents, its own first, are one: the table of strategies as it reads. */
function foldOf(strategy: FoldStrategy, values: readonly unknown[], documents: readonly unknown[]): unknown {
  if (typeof strategy === "object") return deepFoldOf(strategy, values, documents);
  return simpleFolds[strategy](
    values,
    values.filter((value) => !isNothing(value)),
  );
}

function textsIn(list: unknown): ReadonlySet<string> {
  return new Set(listOf(list).map(textOf));
}

function asSet(list: readonly unknown[]): readonly string[] {
  return [...new Set(list.map(textOf))].toSorted();
}

function deepFoldOf(
  strategy: Exclude<FoldStrategy, string>,
  values: readonly unknown[],
  documents: readonly unknown[],
): unknown {
  if ("newestBy" in strategy) {
    const timed = values.map((value, at) => ({
      value,
      time: orderOf(valueAt(documents[at], strategy.newestBy)),
    }));
    const best = timed.filter(({ value }) => !isNothing(value)).toSorted((a, b) => b.time - a.time);
    return best[0]?.value;
  }
  if ("eachKey" in strategy) {
    const keys = new Set(values.flatMap((value) => Object.keys((value as object | undefined) ?? {})));
    return Object.fromEntries(
      [...keys].map((key) => {
        const inside = values.map((value) => valueAt(value, key));
        return [key, foldOf(strategy.eachKey, inside, inside)];
      }),
    );
  }
  if ("fold" in strategy)
    return foldedFields(
      strategy.fold,
      values.filter((value) => !isNothing(value)),
    );
  if ("concat" in strategy) return inOrder(values.flatMap(listOf), strategy.concat.orderBy);
  if ("intersection" in strategy) {
    const keysIn = (list: unknown) =>
      new Set(listOf(list).map((one) => textOf(valueAt(one, strategy.intersection.by))));
    const kept = listOf(values[0]).filter((one) =>
      values.every((list) => keysIn(list).has(textOf(valueAt(one, strategy.intersection.by)))),
    );
    return asSet(kept);
  }
  if (!("union" in strategy)) return values[0];
  const { by, orderBy, fold } = strategy.union;
  const keyed = groupedBy(values.flatMap(listOf), (one) => keyOf(valueAt(one, by)));
  return inOrder(
    [...keyed.values()].map((same) =>
      fold === undefined ? same[0] : { ...same[0], ...foldedFields(fold, same) },
    ),
    orderBy,
  );
}

function keyOf(value: unknown): string {
  return isNothing(value) ? "" : participantId(value);
}

function foldedFields(fold: Readonly<Record<string, FoldStrategy>>, documents: readonly unknown[]): Document {
  return Object.fromEntries(
    Object.entries(fold).map(([name, strategy]) => {
      const values = documents.map((document) => valueAt(document, name));
      return [name, foldOf(strategy, values, documents)];
    }),
  );
}

/** Without an order only what is there counts. */
function inOrder(elements: readonly unknown[], orderBy: string | undefined): readonly string[] {
  const all =
    orderBy === undefined
      ? elements
      : elements.toSorted((a, b) => orderOf(valueAt(a, orderBy)) - orderOf(valueAt(b, orderBy)));
  return orderBy === undefined ? all.map(textOf).toSorted() : all.map(textOf);
}

/** What is each person's own changes places in a chat that stands crossed. */
function turned(model: ChatModel, chat: Document, survivor: Document): Document {
  const [[sent = "", received = ""] = []] = model.chats.perParticipant;
  if (sent === "" || keyOf(chat["from"]) === keyOf(survivor["from"])) return chat;
  return { ...chat, [sent]: chat[received], [received]: chat[sent] };
}

/** The folded fields of a survivor, by path, as these documents of one set make them; the survivor's is the first. */
export function expectedFields(
  input: ChatModelInput,
  chats: readonly Document[],
): ReadonlyMap<string, string> {
  const model = ChatModel.parse(input);
  const [survivor = {}] = chats;
  const all = chats.map((chat) => turned(model, chat, survivor));
  return new Map(
    Object.entries(model.fold).map(([path, strategy]) => {
      const values = all.map((chat) => valueAt(chat, path));
      return [path, textOf(foldOf(strategy, values, all)) ?? ""];
    }),
  );
}

export function groupedBy<T>(
  all: readonly T[],
  nameOf: (one: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(nameOf(one));
    if (group === undefined) groups.set(nameOf(one), [one]);
    else group.push(one);
  }
  return groups;
}
