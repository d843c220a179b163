import { expect, test } from "vitest";
import { changed } from "./mutant.ts";
import { hanging, mutations } from "./mutations.ts";
import { plantedFaults } from "./planted-faults.ts";
import { slowBuilds } from "./planted-speed.ts";

// Whether they are caught takes minutes; whether they still are changes of today's build, no time.
const stuck = { name: "a subject that hangs", changes: hanging };
test.each([...mutations, ...plantedFaults, ...slowBuilds, stuck])(
  "$name can be made in chat-domain",
  ({ changes }) => {
    for (const change of changes) expect(changed(change)).toContain(change.becomes);
  },
);
