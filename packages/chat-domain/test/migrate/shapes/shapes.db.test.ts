import { legacyApplications, legacyChatsOf, refOf } from "@onechat/legacy-data";
import { ObjectId } from "mongodb";
import { describe, expect, it } from "vitest";
import { shapeDatabase } from "./shape-database.ts";

describe.concurrent.each(legacyApplications)(
  "an application of $name, raced by its own code",
  (application) => {
    it("is migrated phase by phase, and undone to the byte, also after a purge", async () => {
      await using shape = await shapeDatabase(application, { talks: 4, raced: 4, collMod: true });
      const { field } = shape;
      const before = await shape.image();
      expect(await shape.partedFlaws()).toEqual([]);
      const { exit, problems, warnings } = await field.plan();
      expect([exit, problems]).toEqual([0, ""]);
      const isAlone = application.config.references.length === 0;
      expect(warnings).toMatch(isAlone ? /^no references are configured.*$/ : /^$/);
      for (const to of ["index", "backfill", "merge", "settle", "seal"] as const)
        expect(await field.up({ to })).toMatchObject({ exit: 0 });
      expect(await field.verify()).toMatchObject({ findings: [] });
      expect(await shape.mergedFlaws()).toEqual([]);
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect(await shape.image()).toEqual(before);
      expect(await field.up()).toMatchObject({ exit: 0 });
      expect(await field.purge()).toMatchObject({ exit: 0 });
      expect(await field.verify()).toMatchObject({ findings: [] });
      expect(await shape.mergedFlaws()).toEqual([]);
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect(await shape.image()).toEqual(before);
    });

    it("takes along what both versions write to what is merged, and gives it back", async () => {
      await using shape = await shapeDatabase(application, { talks: 1, raced: 1, collMod: true });
      const { field, talks } = shape;
      const [old, renewed] = [shape.player("old"), shape.player("new")];
      const [talk] = talks.all;
      if (talk === undefined) throw new Error("nobody talks");
      expect(await field.up()).toMatchObject({ exit: 0 });
      const merged = [...talks.said.keys()];
      const [ofOld = "", deletedByOld = "", ofNew = "", deletedByNew = ""] = merged.filter(
        (id) => talks.said.get(id)?.isDeleted === false,
      );
      const chats = (await legacyChatsOf(field.db, application, talk)).map((chat) =>
        refOf(application, chat),
      );
      const [survivor = "", loser = ""] = chats;
      await old.edit(ofOld);
      await old.remove(deletedByOld);
      await renewed.edit(ofNew);
      await renewed.remove(deletedByNew);
      // Too late: where everybody looks it is deleted already.
      await application.edit(field.db, loser, new ObjectId(deletedByNew), "not deleted");
      for (const chat of [survivor, loser]) {
        await old.say(talk, chat);
        await renewed.say(talk, chat);
      }
      expect(await field.up()).toMatchObject({ exit: 0 });
      expect(await field.verify({ allowDeleted: true })).toMatchObject({ findings: [] });
      expect(await shape.mergedFlaws()).toEqual([]);
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect(await shape.partedFlaws()).toEqual([]);
    });

    it("counts what is unread to the unit, also after somebody has read it", async () => {
      await using shape = await shapeDatabase(application, { talks: 1, raced: 1, collMod: true });
      const { field, talks } = shape;
      const [talk] = talks.all;
      if (talk === undefined) throw new Error("nobody talks");
      const [from, to] = talk.people;
      const chats = await legacyChatsOf(field.db, application, talk);
      const [survivor = "", loser = ""] = chats.map((chat) => refOf(application, chat));
      const send = (chat: typeof survivor) =>
        application.send(field.db, chat, { ...talks.next(talk), from, to });
      const unread = async () => (await application.read(field.db, survivor)).unread[to];
      await field.up();
      expect(await unread()).toBe(talks.unread(talk, to));
      await application.markRead(field.db, survivor, to);
      await send(loser);
      await field.up();
      expect(await unread()).toBe(1);
      // Whose row has moved has nothing there any more to be read.
      const isRead = await application.markRead(field.db, loser, to);
      await field.up();
      const left = isRead ? 0 : 1;
      expect(await unread()).toBe(left);
      await send(loser);
      await send(loser);
      await send(survivor);
      await field.up();
      expect(await unread()).toBe(left + 3);
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect(await unread()).toBeGreaterThanOrEqual(0);
    });
  },
);
