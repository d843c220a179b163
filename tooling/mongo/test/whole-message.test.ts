import { expect, it } from "vitest";
import { wholeMessage } from "../src/whole-message.ts";

it("digs out the cause that matters, on one line", () => {
  const loader = new Error("libc.so.6: version `GLIBC_2.38' not found\n(required by the engine)");
  const binding = new Error("cannot find native binding", {
    cause: new Error("it failed", { cause: loader }),
  });
  expect(wholeMessage(binding)).toBe(
    "cannot find native binding: it failed: libc.so.6: version `GLIBC_2.38' not found (required by the engine)",
  );
});

it("says nothing twice", () => {
  expect(wholeMessage(new Error("no network here", { cause: new Error("no network") }))).toBe(
    "no network here",
  );
});

it("ends even when causes go in a circle", () => {
  const error = new Error("round");
  error.cause = error;
  expect(wholeMessage(error)).toBe("round");
});

it("takes what is no error as it is", () => {
  expect(wholeMessage("gone")).toBe("gone");
});
