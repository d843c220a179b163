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
  const config = db.client.db("config").collection<{ _id: string; key: object }>("collections");
  const { collection, keyField } = model.chats;
  const sharded = await config.findOne({ _id: `${db.databaseName}.${collection}` });
  const problems: string[] = [];
  if (sharded !== null) {
    const [first, ...more] = Object.entries(sharded.key);
    if (first?.[0] !== keyField || first[1] === "hashed" || more.length > 0)
      problems.push(
        `${collection} is sharded by ${JSON.stringify(sharded.key)}: a unique index on ${keyField} is impossible unless ` +
          `the shard key is {"${keyField}": 1}`,
      );
  }
  for (const { collection: name, field, leave } of model.references) {
    const key = leave === true ? null : await config.findOne({ _id: `${db.databaseName}.${name}` });
    if (key !== null && field in key.key)
      problems.push(
        `${name} is sharded by ${field}: a document cannot follow its chat to another shard's part; see "leave"`,
      );
  }
  return problems;
}
