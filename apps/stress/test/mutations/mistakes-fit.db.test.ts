import { expect, test } from "vitest";
import { mutant } from "./mutant.ts";
import { mutations } from "./mutations.ts";
import { plantedFaults } from "./planted-faults.ts";

// Whether they are caught takes minutes; whether they still are changes of today's build, no time.
test.each([...mutations, ...plantedFaults])("$name can be made in chat-domain", ({ changes }) => {
  using changed = mutant(changes);
  expect(changed.env["NODE_OPTIONS"]).toContain("register.mjs");
});
