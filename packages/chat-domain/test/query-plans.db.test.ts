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

describe("the search for chats without a key", () => {
  it("examines no more than the chats of the least busy of the people", async () => {
    await using database = await freshDatabase();
    await Promise.all(pairs.map((participants) => createOrGetChat(database, { participants })));
    const [, keyless] = await plans(database, (ctx) =>
      findChat(ctx, { participants: ["user-1", "bob", "eve"] }),
    );
    expect(keyless?.examined).toBeLessThanOrEqual(1);
  });
});
