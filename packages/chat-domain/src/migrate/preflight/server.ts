import type { MigrationContext } from "../context/migration-context.ts";
import type { PreflightReport } from "./findings.ts";

/** The oldest server whose updates and `$merge` can do what the phases need. */
const oldestVersion = 4.4;

/** Its version, as a number such as 4.4. */
export async function serverVersion({ db }: Pick<MigrationContext, "db">): Promise<number> {
  const { version } = (await db.admin().command({ buildInfo: 1 })) as { readonly version: string };
  return Number.parseFloat(version);
}

export async function serverProblems(ctx: MigrationContext): Promise<PreflightReport> {
  const version = await serverVersion(ctx);
  const hello = await ctx.db.command({ hello: 1 });
  const problems: string[] = [];
  if (version < oldestVersion)
    problems.push(`the server is MongoDB ${version}; ${oldestVersion} or newer is needed`);
  if (hello["isWritablePrimary"] !== true || hello["readOnly"] === true)
    problems.push("the server does not take writes: connect to the primary");
  if (hello["msg"] === "isdbgrid") problems.push(...(await shardKeyProblems(ctx)));
  return { problems, warnings: [] };
}

/** The server keeps an index unique only where every shard can judge on its own, and changes no field of a shard key. */
async function shardKeyProblems({ db, model }: MigrationContext): Promise<readonly string[]> {
  const { collection, keyField } = model.chats;
  const key = await shardKeyOf(db, collection);
  const [first, ...more] = Object.entries(key);
  const isOurs = first?.[0] === keyField && first[1] !== "hashed" && more.length === 0;
  const problems =
    first === undefined || isOurs
      ? []
      : [
          `${collection} is sharded by ${JSON.stringify(key)}: a unique index on ${keyField} is impossible unless ` +
            `the shard key is {"${keyField}": 1}`,
        ];
  for (const { collection: name, field, leave, fold } of model.references) {
    const fields = leave === true ? [] : Object.keys(await shardKeyOf(db, name));
    if (fields.includes(field))
      problems.push(
        `${name} is sharded by ${field}: a document cannot follow its chat to another shard's part; see "leave"`,
      );
    const folded = fields.find((one) => Object.keys(fold).includes(one));
    if (folded !== undefined)
      problems.push(`${name} is sharded by ${folded}, which a merge folds: leave it out of "fold"`);
  }
  return problems;
}

/** Nothing of a collection that was dropped, or that is only known to the cluster because it was moved as a whole. */
async function shardKeyOf(db: MigrationContext["db"], name: string): Promise<object> {
  const sharded = await db.client
    .db("config")
    .collection<{ _id: string; key: object }>("collections")
    .findOne({ _id: `${db.databaseName}.${name}`, dropped: { $ne: true }, unsplittable: { $ne: true } });
  return sharded?.key ?? {};
}
