import { describe, expect, it } from "vitest";
import { hostsOf, maskOf, withMaskedUris } from "../src/masked-uri.ts";

const uri = "mongodb://app-user:hunt%3Aer22@a.example:27017,b.example/app?authSource=admin";

describe("connection strings", () => {
  it("lose user and password wherever they are printed", () => {
    expect(withMaskedUris(`cannot use ${uri}`)).toBe(
      "cannot use mongodb://***@a.example:27017,b.example/app?authSource=admin",
    );
    expect(withMaskedUris("mongodb+srv://me:p@ss/word@host/ and mongodb://x:y@z")).not.toMatch(
      /p@ss|word|x:y/,
    );
    expect(withMaskedUris("mongodb://host/app")).toBe("mongodb://host/app");
  });

  it("lose them in every form a driver may quote", () => {
    const mask = maskOf(uri);
    expect(mask("Authentication of app-user with hunt:er22 (hunt%3Aer22) failed")).toBe(
      "Authentication of *** with *** (***) failed",
    );
    expect(maskOf(null)("as it was")).toBe("as it was");
    expect(maskOf("mongodb://db")("as it was")).toBe("as it was");
    expect(maskOf("mongodb://u%ZZ:p%ZZsecret@db")("p%ZZsecret")).toBe("***");
  });

  it("are named by their hosts alone", () => {
    expect(hostsOf(uri)).toBe("a.example:27017,b.example");
    expect(hostsOf("mongodb+srv://me:secret@cluster.example/?w=1")).toBe("cluster.example");
    expect(hostsOf("mongodb://127.0.0.1:27017")).toBe("127.0.0.1:27017");
  });
});
