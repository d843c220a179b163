import type { MigrationContext } from "./migration-context.ts";

/** What to do about names of onechat's that something else has. */
export const prefixAdvice = 'give onechat\'s names a prefix, such as "recordsPrefix": "onechat_"';

/** Records of another collection of chats would be taken for those of this one, and undone, or forgotten, with them. */
export async function otherChatsProblems({
  records,
  db,
  chats,
}: MigrationContext): Promise<readonly string[]> {
  const other = await records.locks.findOne({ _id: { $ne: chats.collectionName } });
  if (other === null) return [];
  return [
    `the records in ${db.databaseName} are of the chats in ${other._id}, not of ${chats.collectionName}: ${prefixAdvice}`,
  ];
}
