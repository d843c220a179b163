import type { BSONSerializeOptions } from "mongodb";

/**
 * How stored values are read, whatever the application's client says: ids as 64-bit integers, buffers or wrapped values
 * would be other people than those that the key was made of.
 */
export const readAs = {
  promoteValues: true,
  promoteLongs: true,
  promoteBuffers: false,
  useBigInt64: false,
  raw: false,
  fieldsAsRaw: {},
  enableUtf8Validation: true,
} satisfies BSONSerializeOptions;

/** Read on the primary, and only what no crash can take back. */
export const majorityRead = {
  ...readAs,
  readConcern: { level: "majority" },
  readPreference: "primary",
} as const;

/** What is answered survives any crash. */
export const majorityWrite = { w: "majority", journal: true } as const;
