import { testMongo } from "@onechat/mongo/testing";
import { type Db, type Document, MongoServerError } from "mongodb";

const namespaceNotFound = 26;

/**
 * The database as a server with `collMod` has it. Where the tests' engine has none, a validator is given to a
 * collection by making it anew: from then on the engine itself refuses what the validator does not let pass.
 */
export function withCollMod(real: Db): Db {
  if (testMongo().capabilities.collMod) return real;
  return new Proxy(real, {
    get(target, property) {
      if (property === "command") {
        return (command: Document, options?: Document): Promise<Document> =>
          "collMod" in command ? setValidator(real, command) : real.command(command, options);
      }
      const member: unknown = Reflect.get(target, property, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

async function setValidator(db: Db, { collMod, validator, validationLevel, validationAction }: Document) {
  const name = collMod as string;
  const exists = await db.listCollections({ name }, { nameOnly: true }).hasNext();
  if (!exists) throw new MongoServerError({ message: "ns does not exist", code: namespaceNotFound });
  const documents = await db.collection(name).find({}, { promoteValues: false }).toArray();
  const indexes = await db.collection(name).indexes();
  await db.dropCollection(name);
  await db.createCollection(name, { validator, validationLevel, validationAction });
  const others = indexes.filter(({ name: index }) => index !== "_id_");
  if (others.length > 0) await db.command({ createIndexes: name, indexes: others });
  if (documents.length > 0) await db.command({ insert: name, documents, bypassDocumentValidation: true });
  return { ok: 1 };
}
