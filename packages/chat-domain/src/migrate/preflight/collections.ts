import type { Document } from "mongodb";
import { readAs } from "../../store/majority.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { PreflightReport } from "./findings.ts";

/** A collection as `listCollections` tells of it. */
export interface CollectionInfo {
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Document>;
}

export async function collectionInfos({
  db,
}: Pick<MigrationContext, "db">): Promise<readonly CollectionInfo[]> {
  const infos = await db.listCollections({}, { ...readAs, nameOnly: false }).toArray();
  return infos
    .filter(({ name }) => !name.startsWith("system."))
    .map((info) => ({
      name: info.name,
      type: info.type ?? "collection",
      options: ("options" in info ? info.options : undefined) ?? {},
    }));
}

/** What a merge writes to: chats, and what refers to them. */
function writtenCollections({ model }: MigrationContext): readonly string[] {
  const moved = model.references.filter(({ leave }) => leave !== true);
  return [...new Set([model.chats.collection, ...moved.map(({ collection }) => collection)])];
}

/** A name with a spelling mistake would leave chats or messages behind without a word, and a view takes no writes. */
export async function unfitCollections(ctx: MigrationContext): Promise<PreflightReport> {
  const infos = await collectionInfos(ctx);
  const listed = infos
    .map(({ name }) => name)
    .toSorted()
    .join(", ");
  const problems = writtenCollections(ctx).flatMap((name) => {
    const info = infos.find((one) => one.name === name);
    if (info === undefined)
      return [
        `there is no collection ${name} in the database ${ctx.db.databaseName}; it has: ${listed || "none"}`,
      ];
    const why = whyUnwritable(info);
    return why === null ? [] : [`${name} ${why}`];
  });
  return { problems, warnings: [] };
}

function whyUnwritable({ type, options }: CollectionInfo): string | null {
  if (type === "view")
    return `is a view of ${String(options["viewOn"])}, and nobody can write to a view: name the collection itself`;
  if (type === "timeseries")
    return 'is a time series, whose documents cannot be changed so that they follow a chat: "leave": true leaves them as they are';
  if (options["capped"] === true)
    return "is capped: the server deletes its oldest documents and lets none grow; convert it first";
  return null;
}
