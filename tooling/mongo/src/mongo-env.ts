import { z } from "zod";
import { MongoProvider } from "./mongo-server.ts";

const blankIsAbsent = z
  .string()
  .optional()
  .transform((text) => (text === "" ? undefined : text));

/** The environment variables that decide which MongoDB is used. */
export type MongoEnv = z.infer<typeof MongoEnv>;
export const MongoEnv = z.object({
  MONGODB_URI: blankIsAbsent,
  MONGO_PROVIDER: blankIsAbsent.pipe(MongoProvider.optional()),
  /** The image of the `testcontainers` provider. */
  MONGO_IMAGE: blankIsAbsent.pipe(z.string().default("mongo:8")),
  MONGOMS_SYSTEM_BINARY: blankIsAbsent,
  MONGOMS_VERSION: blankIsAbsent.pipe(z.string().default("8.0.14")),
  MONGOMS_RUNTIME_DOWNLOAD: blankIsAbsent,
  PATH: blankIsAbsent.pipe(z.string().default("")),
  HOME: blankIsAbsent,
  XDG_CACHE_HOME: blankIsAbsent,
});

/** @throws Error that names the variable and its possible values */
export function parseMongoEnv(env: Readonly<Record<string, string | undefined>>): MongoEnv {
  const parsed = MongoEnv.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`the environment does not say which MongoDB to use:\n${z.prettifyError(parsed.error)}`);
}
