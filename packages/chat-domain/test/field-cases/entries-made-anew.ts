import type { Document } from "mongodb";
import type { ChatModelInput } from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

export type Reference = Omit<NonNullable<ChatModelInput["references"]>[number], "collection">;

/** Three chats of the same people, and a person who holds them. */
export function holding(reference: Reference, person: Document): Promise<FieldDatabase> {
  return fieldDatabase({
    model: {
      chats: { participants: "users", scope: null },
      references: [{ collection: "people", ...reference }],
    },
    data: {
      chats: [1, 2, 3].map((number) => ({ _id: id(number), users: ["a", "b"] })),
      people: [{ _id: "a", ...person }],
    },
  });
}

export const element = (number: number, n: number): Document => ({ chat: id(number), n });
export const pairs = { list: [element(1, 1), element(2, 2)] };
export const summed = { onConflict: "fold", fold: { n: "sum" } } as const;
