import { z } from "zod";

/** Whose documents: onechat's own without keys, the popular MERN tutorial's, or Rocket.Chat's. */
export type LegacyShape = z.infer<typeof LegacyShape>;
export const LegacyShape = z.enum(["onechat", "mern", "rocketchat"]);

const Share = z.number().min(0).max(1);

/** What to generate; the same options are the same documents, byte for byte. */
export type LegacyDataOptions = Readonly<z.input<typeof LegacyDataOptions>>;
export const LegacyDataOptions = z
  .strictObject({
    shape: LegacyShape,
    seed: z.int().min(0),
    /** All chats that are unique by their people: survivors, their surplus copies and broken ones. */
    chats: z.int().min(0).max(100_000_000),
    /** The share of `chats` that are surplus copies. */
    duplicateShare: Share.default(0.1),
    /** How many chats a duplicated set of people has, the survivor included; small groups are the common ones. */
    groupSize: z
      .tuple([z.int().min(2), z.int().min(2)])
      .readonly()
      .default([2, 50]),
    /** On average; a chat has between none and twice as many. */
    messagesPerChat: z.number().min(0).max(10_000).default(5),
    /** The share of `chats` that are broken, half of them beyond repair. */
    brokenShare: Share.default(0),
    /** Group chats, which may have the same people; a twentieth of `chats` by default. */
    namedGroups: z.int().min(0).optional(),
  })
  .refine(({ groupSize: [min, max] }) => min <= max, { path: ["groupSize"], message: "is [min, max]" })
  .transform((options) => ({
    ...options,
    namedGroups: options.namedGroups ?? Math.floor(options.chats / 20),
  }))
  .readonly();

export type ResolvedOptions = z.output<typeof LegacyDataOptions>;
