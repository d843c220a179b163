import {
  type LegacyApplication,
  legacyChatsOf,
  raceLegacyChat,
  refOf,
  type Talk,
} from "@onechat/legacy-data";
import type { Db } from "mongodb";
import { expect } from "vitest";
import { type FieldDatabase, fieldDatabase } from "../../field-cases/field-database.ts";
import { Player } from "./player.ts";
import { Talks } from "./talks.ts";
import { modelOf, newVersion, oldVersion } from "./versions.ts";

/** An application's database, and the people who use it. */
export interface ShapeDatabase extends AsyncDisposable {
  readonly field: FieldDatabase;
  readonly talks: Talks;
  /** Somebody who uses this version of it. */
  player(version: "old" | "new"): Player;
  /** Bytes and indexes of all that is the application's. */
  image(): Promise<unknown>;
  /** What is wrong where each talk has one chat. */
  mergedFlaws(): Promise<readonly string[]>;
  /** What is wrong where each talk has the chats that it always had. */
  partedFlaws(): Promise<readonly string[]>;
}

export interface ShapeOptions {
  readonly talks: number;
  /** How many of them three devices of the old version have begun at the same time. */
  readonly raced: number;
  /** Nobody writes while a validator is given: some servers can only be seen to do that. */
  readonly collMod: boolean;
}

export async function shapeDatabase(
  application: LegacyApplication,
  { talks: count, raced, collMod }: ShapeOptions,
): Promise<ShapeDatabase> {
  const { indexes, collections } = application;
  const model = modelOf(application);
  const field = await fieldDatabase({ model, isIndexed: false, collMod, indexes: [...indexes] });
  const { db } = field;
  const talks = new Talks(count);
  const versions = { old: oldVersion(db, application), new: newVersion(db, application) };
  const player = (version: "old" | "new"): Player => new Player(versions[version], talks);
  const viewsOf = async (talk: Talk, filter: (chat: object) => boolean) =>
    Promise.all(
      (await legacyChatsOf(db, application, talk))
        .filter(filter)
        .map((chat) => application.read(db, refOf(application, chat))),
    );
  await Promise.all(
    talks.all.slice(0, raced).map((talk) => race({ db, application, talks, talk }, () => player("old"))),
  );
  expect(await db.collection(application.config.chats.collection).countDocuments()).toBe(3 * raced);
  return {
    field,
    talks,
    player,
    image: () => field.image(...collections),
    async mergedFlaws() {
      const flaws = talks.all.map(async (talk) => {
        const views = await viewsOf(talk, (chat) => !("mergedInto" in chat));
        const other = views.length > 1 ? [`${views.length} chats of ${talk.about}`] : [];
        return [...other, ...talks.flawsOf(talk, views)];
      });
      return (await Promise.all(flaws)).flat();
    },
    async partedFlaws() {
      const flaws = talks.all.map(async (talk) => talks.flawsOf(talk, await viewsOf(talk, () => true)));
      return (await Promise.all(flaws)).flat();
    },
    [Symbol.asyncDispose]: () => field[Symbol.asyncDispose](),
  };
}

/** Two people begin to talk, one of them on two devices; each device writes to the chat that it has made. */
async function race({ db, application, talks, talk }: Race, player: () => Player): Promise<void> {
  const [one, other] = talk.people;
  const crossed: Talk = { ...talk, people: [other, one] };
  for (const chat of await raceLegacyChat(db, application, [talk, crossed, talk])) {
    talks.shown(talk, chat);
    const device = player();
    const [first, second] = [await device.say(talk, chat), await device.say(talk, chat)];
    await device.say(talk, chat);
    await device.edit(first);
    await device.remove(second);
  }
}

interface Race {
  readonly db: Db;
  readonly application: LegacyApplication;
  readonly talks: Talks;
  readonly talk: Talk;
}
