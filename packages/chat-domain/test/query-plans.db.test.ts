import type { Collection, Document } from "mongodb";
import { describe, expect, it } from "vitest";
import {
  type ChatContext,
  createOrGetChat,
  findChat,
  getChat,
  listChats,
  resolveChatId,
} from "../src/index.ts";
import { freshDatabase } from "./fresh-database.ts";
import { type CollectionCall, watchedCollection } from "./watched-collection.ts";

const pairs = Array.from({ length: 60 }, (_, index) => [`user-${index}`, "bob"]);
const reads = new Set(["find", "findOne", "findOneAndUpdate"]);

interface Plan {
  readonly stages: readonly string[];
  readonly examined: number;
  readonly returned: number;
}

async function planOf(chats: ChatContext["chats"], { filter, options }: CollectionCall): Promise<Plan> {
  const { hint, sort, limit } = options;
  const cursor = (chats as unknown as Collection).find(filter, { ...(hint ? { hint } : {}), sort, limit });
  const { queryPlanner, executionStats } = await cursor.explain("executionStats");
  return {
    stages: stagesOf((queryPlanner as Document)["winningPlan"] as Document),
    examined: Number(executionStats.totalDocsExamined),
    returned: Number(executionStats.nReturned),
  };
}

function stagesOf(plan: Document): readonly string[] {
  const inner = [plan["inputStage"], plan["queryPlan"], ...((plan["inputStages"] ?? []) as Document[])];
  const own = typeof plan["stage"] === "string" ? [plan["stage"]] : [];
  return [
    ...own,
    ...inner.filter((stage) => stage !== undefined).flatMap((stage) => stagesOf(stage as Document)),
  ];
}

/** Plans of all that a verb has asked, made on the collection as it is afterwards. */
async function plans(
  database: ChatContext,
  work: (ctx: ChatContext) => Promise<unknown>,
): Promise<readonly Plan[]> {
  const { context, calls } = watchedCollection(database);
  await work(context);
  const asked = calls.filter(({ method }) => reads.has(method));
  expect(asked.length).toBeGreaterThan(0);
  return Promise.all(asked.map((call) => planOf(database.chats, call)));
}

function expectIndexed(all: readonly Plan[]): void {
  for (const { stages } of all) {
    expect(
      stages.some((stage) =>
        ["IXSCAN", "EXPRESS_IXSCAN", "IDHACK", "EXPRESS_CLUSTERED_IXSCAN"].includes(stage),
      ),
    ).toBe(true);
    expect(stages).not.toContain("COLLSCAN");
    expect(stages).not.toContain("SORT");
  }
}

function expectNothingExaminedInVain(all: readonly Plan[]): void {
  for (const { examined, returned } of all) expect(examined).toBeLessThanOrEqual(Math.max(returned, 1));
}

describe.each(["claim", "none"] as const)("the queries of each verb, with legacy: %s", (legacy) => {
  it.each<{ verb: string; work: (ctx: ChatContext) => Promise<unknown> }>([
    {
      verb: "createOrGetChat, alone and existing",
      work: (ctx) => createOrGetChat(ctx, { participants: ["user-1", "bob"] }),
    },
    {
      verb: "createOrGetChat, together and existing",
      work: (ctx) => Promise.all(pairs.map((participants) => createOrGetChat(ctx, { participants }))),
    },
    { verb: "findChat", work: (ctx) => findChat(ctx, { participants: ["user-2", "bob"] }) },
    { verb: "listChats", work: (ctx) => listChats(ctx, { participant: "bob", limit: 10 }) },
    {
      verb: "getChat and resolveChatId",
      work: async (ctx) => {
        const { chats } = await listChats(ctx, { participant: "user-3" });
        await getChat(ctx, chats[0]?.id ?? "");
        await resolveChatId(ctx, chats[0]?.id ?? "");
      },
    },
  ])("are index scans without a sort that examine what they return: $verb", async ({ work }) => {
    await using database = await freshDatabase({ legacy });
    await Promise.all(pairs.map((participants) => createOrGetChat(database, { participants })));
    const all = await plans(database, work);
    expectIndexed(all);
    expectNothingExaminedInVain(all);
  });

  it("are index scans without a sort for new chats too, alone and together", async () => {
    await using database = await freshDatabase({ legacy });
    await Promise.all(pairs.map((participants) => createOrGetChat(database, { participants })));
    const people = pairs.map(([name]) => [`${name ?? ""}-new`, "carol"]);
    const together = await plans(database, (ctx) =>
      Promise.all(people.map((participants) => createOrGetChat(ctx, { participants }))),
    );
    const alone = await plans(database, (ctx) => createOrGetChat(ctx, { participants: ["dave", "carol"] }));
    expectIndexed([...together, ...alone]);
  });
});

describe("somebody with very many chats", () => {
  it.each([true, false])("costs no more than others (keys: %s)", async (keyed) => {
    await using database = await freshDatabase();
    const [hub, other] = ["hub", "other-hub"];
    const chats = Array.from({ length: 1_000 }, (_, index) => ({
      participants: [index % 2 === 0 ? hub : other, `user-${index}`],
      scope: `work-${index % 3}`,
      ...(keyed ? { participantsKey: `v1.${index}` } : {}),
    }));
    await (database.chats as unknown as Collection).insertMany(chats);
    const group = [hub, ...Array.from({ length: 99 }, (_, index) => `p${index}`)];
    const cheap: readonly ((ctx: ChatContext) => Promise<unknown>)[] = [
      (ctx) => listChats(ctx, { participant: hub, scope: "home" }),
      (ctx) => listChats(ctx, { participant: hub, scope: "" }),
      (ctx) => findChat(ctx, { participants: [hub] }),
      (ctx) => findChat(ctx, { participants: [hub, other] }),
      (ctx) => findChat(ctx, { participants: [hub, other, "nobody"] }),
      (ctx) => findChat(ctx, { participants: group }),
    ];
    for (const work of cheap)
      for (const { examined } of await plans(database, work)) expect(examined).toBeLessThanOrEqual(3);
  });
});

describe("the search for chats without a key", () => {
  it("weighs a few of the people of each set, however many there are, without the index that is made for it", async () => {
    await using database = await freshDatabase();
    await database.chats.dropIndex("keyless_by_people");
    await database.keyIndex.recheck();
    const { context, calls } = watchedCollection(database);
    const groups = Array.from({ length: 50 }, (_, group) =>
      Array.from({ length: 100 }, (_person, person) => `p${group}-${person}`),
    );
    await Promise.all(groups.map((participants) => createOrGetChat(context, { participants })));
    const search = calls.find(({ filter }) => "$or" in filter);
    const sets = (search?.filter["$or"] ?? []) as readonly { readonly $and: readonly Document[] }[];
    expect(sets.length).toBeGreaterThan(1);
    for (const { $and: conditions } of sets)
      expect(conditions.filter(({ participants }) => participants?.$in !== undefined)).toHaveLength(3);
  });

  it("is one question for all sets, by the index that is made for it, and leaves the server no choice for a pair", async () => {
    await using database = await freshDatabase();
    const { context, calls } = watchedCollection(database);
    await Promise.all([
      ...pairs.map((participants) => createOrGetChat(context, { participants })),
      createOrGetChat(context, { participants: ["alice", "bob", "carol"] }),
    ]);
    await createOrGetChat(context, { participants: ["dave", "carol"] });
    await createOrGetChat(context, { participants: ["dave", "carol", "eve"] });
    const hints = calls.flatMap(({ method, options }) =>
      method === "find" && !("participantsKey" in Object(options["hint"])) ? [options["hint"]] : [],
    );
    expect(hints).toEqual(["keyless_by_people", "keyless_by_people", undefined]);
  });

  it("does without that index where it has been dropped since it was seen", async () => {
    await using database = await freshDatabase();
    const seen = await database.keyIndex.verified();
    await database.chats.dropIndex("keyless_by_people");
    const keyIndex = { ...database.keyIndex, verified: () => Promise.resolve(seen) };
    const { context, calls } = watchedCollection({ ...database, keyIndex });
    const made = await Promise.all(pairs.map((participants) => createOrGetChat(context, { participants })));
    expect(made.every(({ created }) => created)).toBe(true);
    expect(await findChat(context, { participants: ["nobody", "bob"] })).toBeNull();
    expect(calls.filter(({ options }) => options["hint"] === "keyless_by_people")).toHaveLength(4);
  });

  it("examines no more than the chats of the least busy of the people", async () => {
    await using database = await freshDatabase();
    await Promise.all(pairs.map((participants) => createOrGetChat(database, { participants })));
    const [, keyless] = await plans(database, (ctx) =>
      findChat(ctx, { participants: ["user-1", "bob", "eve"] }),
    );
    expect(keyless?.examined).toBeLessThanOrEqual(1);
  });
});
