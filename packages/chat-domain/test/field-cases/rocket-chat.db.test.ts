import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { documentedRocketChat } from "./documented-shapes.ts";
import { expectMerged } from "./expect-merged.ts";
import { fieldDatabase } from "./field-database.ts";
import { at } from "./shape-cases.ts";

describe("the configuration for Rocket.Chat in docs/model.md", () => {
  it("keeps what is unread, prefers the room that Rocket.Chat looks for, and goes back to the byte", async () => {
    const room = (_id: string, ts: number, lm: number, more: Document = {}): Document => ({
      _id,
      t: "d",
      uids: ["ann", "ben"],
      usernames: ["ann", "ben"],
      usersCount: 2,
      ts: at(ts),
      lm: at(lm),
      _updatedAt: at(lm),
      msgs: 1,
      lastMessage: { _id: `m${_id}`, rid: _id, ts: at(lm) },
      ...more,
    });
    const row = (_id: string, rid: string, who: string, more: Document): Document => ({
      _id,
      rid,
      u: { _id: who, username: who },
      t: "d",
      open: true,
      alert: false,
      ts: at(1),
      ...more,
    });
    const data = {
      rocketchat_room: [
        room("a-random-id", 1, 12),
        room("annben", 2, 10, { uids: ["ben", "ann"] }),
        room("channel", 1, 2, { t: "c", prid: "a-random-id" }),
      ],
      rocketchat_message: [
        { _id: "ma-random-id", rid: "a-random-id", ts: at(12), u: { _id: "ben" } },
        { _id: "mannben", rid: "annben", ts: at(10), u: { _id: "ben" } },
      ],
      rocketchat_subscription: [
        row("s1", "a-random-id", "ann", { ls: at(13), unread: 0, userMentions: 0, groupMentions: 0 }),
        row("s2", "annben", "ann", { ls: at(9), unread: 1, userMentions: 1, groupMentions: 0, alert: true }),
        row("s3", "a-random-id", "ben", { ls: at(12), unread: 0, userMentions: 0, groupMentions: 0 }),
      ],
      rocketchat_uploads: [{ _id: "u1", rid: "a-random-id" }],
      rocketchat_read_receipts: [
        { _id: "r1", roomId: "a-random-id", userId: "ann", messageId: "ma-random-id" },
      ],
      rocketchat_video_conference: [{ _id: "v1", rid: "a-random-id" }],
    };
    const indexes = [
      { collection: "rocketchat_subscription", key: { rid: 1, "u._id": 1 }, options: { unique: true } },
    ] as const;
    await using field = await fieldDatabase({ model: documentedRocketChat, data, indexes });
    const before = await field.image(...Object.keys(data));
    await expectMerged(field, "rocketchat_room", {
      survivor: "annben",
      becomes: { ts: at(1), lm: at(12), msgs: 2, lastMessage: { _id: "ma-random-id", rid: "annben" } },
      others: {
        rocketchat_message: [{ rid: "annben" }, { rid: "annben" }],
        rocketchat_subscription: [
          { _id: "s2", rid: "annben", ls: at(9), unread: 1, userMentions: 1, alert: true },
          { _id: "s3", rid: "annben" },
        ],
        rocketchat_uploads: [{ rid: "annben" }],
        rocketchat_read_receipts: [{ roomId: "annben" }],
        rocketchat_video_conference: [{ rid: "annben" }],
      },
    });
    expect(await field.one("rocketchat_room", "channel")).toMatchObject({ prid: "annben" });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image(...Object.keys(data))).toEqual(before);
  });
});
