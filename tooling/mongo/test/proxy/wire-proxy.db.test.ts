import { describe, expect, it } from "vitest";
import { canBeProxied, wireProxy } from "../../src/proxy/index.ts";
import { testMongo } from "../../src/testing/index.ts";
import { collectionThrough, proxiedCollection } from "./proxied-collection.ts";

const { uri: upstream } = testMongo();

describe.skipIf(!canBeProxied(upstream))("a proxy between driver and server", () => {
  it("passes on what nobody made a rule for", async () => {
    await using database = await proxiedCollection();
    const { notes, stored } = database;
    await notes.insertMany([{ _id: 1, text: "one" }, { _id: 2 }, { _id: 3 }]);
    expect(await notes.find({}, { batchSize: 1, sort: { _id: 1 } }).toArray()).toEqual(
      await stored.find().toArray(),
    );
    expect(await notes.findOneAndUpdate({ _id: 2 }, { $set: { text: "two" } })).toEqual({ _id: 2 });
    await expect(notes.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 11_000, keyPattern: { _id: 1 } });
  });

  it("strikes once, so many times, every second time, or always", async () => {
    await using database = await proxiedCollection();
    const { notes, proxy } = database;
    const outcomes = async (): Promise<string> => {
      const counts = Array.from({ length: 5 }, () => 0);
      let text = "";
      for (const _ of counts)
        text += await notes.countDocuments().then(
          () => ".",
          () => "x",
        );
      return text;
    };
    const fault = { error: { code: 1 } };
    const during = async (rule: { readonly times?: number | "always"; readonly every?: number }) => {
      using _made = proxy.rule({ commands: ["aggregate"], ...rule, fault });
      return await outcomes();
    };
    expect(await during({})).toBe("x....");
    expect(await during({ times: 2 })).toBe("xx...");
    expect(await during({ times: "always", every: 2 })).toBe("x.x.x");
    expect(await during({ times: 2, every: 2 })).toBe("x.x..");
    expect(await during({ times: "always" })).toBe("xxxxx");
    expect(await outcomes()).toBe(".....");
  });

  it("strikes the commands and collections that are named, and no others", async () => {
    await using database = await proxiedCollection();
    const { notes, proxy } = database;
    const others = notes.db.collection<{ _id: number }>("others");
    proxy.rule({
      commands: ["insert", "getMore"],
      collections: ["notes"],
      times: "always",
      fault: { error: { code: 1, message: "struck" } },
    });
    await others.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    expect(await others.find({}, { batchSize: 1 }).toArray()).toHaveLength(3);
    expect(await notes.countDocuments()).toBe(0);
    await expect(notes.insertOne({ _id: 1 })).rejects.toThrow("struck");
  });

  it("shows what was asked, in its order, concerns included", async () => {
    await using database = await proxiedCollection();
    const { notes, proxy } = database;
    await notes.insertOne({ _id: 1 }, { writeConcern: { w: "majority", journal: true } });
    await notes.findOne({ _id: 1 }, { readConcern: { level: "majority" } });
    await notes.db.collection("others").countDocuments();
    expect(proxy.seen().map(({ name, collections }) => [name, ...collections])).toEqual([
      ["insert", "notes"],
      ["find", "notes"],
      ["aggregate", "others"],
    ]);
    const [insert, find] = proxy.seen({ collections: ["notes"] });
    expect(insert?.command).toMatchObject({
      documents: [{ _id: 1 }],
      writeConcern: { w: "majority", j: true },
    });
    expect(find?.command).toMatchObject({ filter: { _id: 1 }, readConcern: { level: "majority" } });
    expect(proxy.seen({ commands: ["find"], matches: ({ filter }) => filter._id === 2 })).toEqual([]);
    expect(proxy.seen({ commands: ["hello"] }).length).toBeGreaterThan(0);
  });

  it("says so when it has forgotten what was asked", async () => {
    await using database = collectionThrough(await wireProxy({ upstream, remember: 3 }));
    const { notes, proxy } = database;
    for (let command = 0; command < 4; command += 1) await notes.countDocuments();
    expect(() => proxy.seen()).toThrow(/^of \d+ commands the last 3 are remembered: give more to remember$/);
  });

  it.each([
    ["mongodb://a.invalid,b.invalid/", "one address without TLS is needed"],
    ["mongodb+srv://a.invalid/", "one address without TLS is needed"],
    ["mongodb://a.invalid/?tls=true", "one address without TLS is needed"],
  ])("cannot stand before %s", async (unfit, reason) => {
    await expect(wireProxy({ upstream: unfit })).rejects.toThrow(reason);
  });

  it("refuses rules and options that it does not know, in words", async () => {
    await using proxy = await wireProxy({ upstream });
    const nonsense = { command: ["insert"], times: 0, fault: "explode" } as never;
    expect(() => proxy.rule(nonsense)).toThrow(/^the rule cannot be used:\n(.*\n)*.*"command"/);
    expect(() => proxy.rule({ when: "before", fault: "cut" })).toThrow('"cut" can be after, not before');
    expect(() => proxy.seen({ names: ["insert"] } as never)).toThrow("the selection cannot be used");
    await expect(wireProxy({ upstream, port: 1 } as never)).rejects.toThrow("the proxy cannot be used");
  });
});
