import { expect } from "vitest";
import { createOrGetChat } from "../../src/index.ts";
import { type FieldDatabase, id } from "./field-database.ts";
import type { ShapeCase } from "./shape-cases.ts";

/** Everything an operator does, as far as it ends without a word. */
export async function expectMerged(
  field: FieldDatabase,
  collection: string,
  one: Partial<ShapeCase>,
): Promise<void> {
  const { people = ["ben", "ann"], scope, survivor = id(1), becomes = {}, others = {} } = one;
  expect(await field.plan()).toMatchObject({ exit: 0, problems: "" });
  expect(await field.up()).toMatchObject({ exit: 0 });
  expect(await field.verify()).toMatchObject({ exit: 0, findings: [] });
  const asked = { participants: people, ...(scope === undefined ? {} : { scope }) };
  const got = await createOrGetChat(field.app(), asked);
  expect(got).toMatchObject({ created: false, chat: { id: String(survivor) } });
  expect(await field.one(collection, survivor)).toMatchObject(becomes);
  for (const [name, documents] of Object.entries(others))
    expect(await field.all(name)).toMatchObject([...documents]);
}
