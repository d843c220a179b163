import { recordName, recordNames } from "../../model/own-names.ts";
import type { Document } from "mongodb";
import { isServerError, isTransient } from "../../errors/mongo-errors.ts";
import type { MigrationContext } from "../context/migration-context.ts";

interface Privilege {
  readonly resource: { readonly db?: string; readonly collection?: string; readonly anyResource?: boolean };
  readonly actions: readonly string[];
}

/** What the migrator's user has to be allowed, by collection; `""` is every collection of the database. */
export const neededActions = ["find", "insert", "update", "remove", "createIndex", "listIndexes"] as const;

/** Actions that the user lacks, a sentence per collection; nothing where the server does not say or asks nobody. */
export async function missingPrivileges({ db, model }: MigrationContext): Promise<readonly string[]> {
  const privileges = await grantedPrivileges(db.admin());
  if (privileges === null) return [];
  const collections = [
    model.chats.collection,
    ...model.references.map(({ collection }) => collection),
    ...recordNames.map((name) => recordName(model, name)),
  ];
  return [...new Set(collections)].flatMap((collection) => {
    const missing = lackingActions(privileges, { db: db.databaseName, collection });
    return missing.length === 0
      ? []
      : [
          `the database user lacks ${missing.join(", ")} on ${collection}; the role readWrite holds all that is needed`,
        ];
  });
}

export function lackingActions(
  privileges: readonly Privilege[],
  { db, collection }: { readonly db: string; readonly collection: string },
): readonly string[] {
  const granted = new Set(
    privileges
      .filter(({ resource }) => {
        if (resource.anyResource === true) return true;
        return ["", db].includes(resource.db ?? "-") && ["", collection].includes(resource.collection ?? "-");
      })
      .flatMap(({ actions }) => actions),
  );
  return granted.has("anyAction") ? [] : neededActions.filter((action) => !granted.has(action));
}

async function grantedPrivileges(admin: {
  command(command: Document): Promise<Document>;
}): Promise<readonly Privilege[] | null> {
  try {
    const { authInfo } = await admin.command({ connectionStatus: 1, showPrivileges: true });
    const users: unknown = authInfo?.authenticatedUsers;
    // Without a user there is no access control to ask.
    if (!Array.isArray(users) || users.length === 0) return null;
    return authInfo.authenticatedUserPrivileges as readonly Privilege[];
  } catch (error) {
    if (isServerError(error) && !isTransient(error)) return null;
    throw error;
  }
}
