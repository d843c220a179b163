import { Binary, Double, Int32, Long, ObjectId, UUID } from "mongodb";
import { describe, expect, it } from "vitest";
import {
  assertIndexes,
  type ChatModelInput,
  createOrGetChat,
  ensureIndexes,
  findChat,
  listChats,
} from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

/** New chats hold ids as the application's own do, and a model that says otherwise is refused before the first insert. */
type ParticipantType = "string" | "objectId" | "int" | "long" | "uuid";

function modelOf(participantType: ParticipantType, more: ChatModelInput["chats"] = {}): ChatModelInput {
  return {
    chats: { participants: "users", participantType, scope: null, ...more },
    references: [{ collection: "messages", field: "chat" }],
  };
}

const [ada, bob, cyd, dan] = ["a", "b", "c", "d"].map(
  (digit) => new UUID(`${digit.repeat(8)}-1111-4111-8111-${digit.repeat(12)}`),
) as [UUID, UUID, UUID, UUID];
/** In the order of bytes of whatever driver has written it. */
const ofOld = (uuid: UUID): Binary => new Binary(uuid.buffer, Binary.SUBTYPE_UUID_OLD);
const objectIds = [1, 2, 3, 4].map((number) => new ObjectId(`64${String(number).padStart(22, "0")}`));

/** Two people that have a chat, two that have none, as the application stores them. */
const kinds: readonly {
  readonly type: ParticipantType;
  readonly bson: string;
  readonly known: readonly unknown[];
  readonly fresh: readonly unknown[];
}[] = [
  { type: "int", bson: "int", known: [new Int32(1), new Int32(2)], fresh: [new Int32(3), new Int32(40)] },
  {
    type: "long",
    bson: "long",
    known: [Long.fromNumber(1), Long.fromNumber(2)],
    fresh: [Long.fromNumber(3), Long.fromString("9007199254740993")],
  },
  { type: "uuid", bson: "binData", known: [ada, bob], fresh: [cyd, dan] },
];

describe.each(kinds)("participants of type $type", ({ type, bson, known, fresh }) => {
  it("are stored as the application's own, so that its query finds the new chat", async () => {
    await using field = await fieldDatabase({
      model: modelOf(type),
      data: { chats: [{ _id: id(1), users: known }], messages: [] },
    });
    expect(await field.plan()).toMatchObject({
      exit: 0,
      problems: "",
      warnings: expect.not.stringContaining("participantType"),
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const app = field.app();
    const { chat, created } = await createOrGetChat(app, { participants: fresh });
    expect(created).toBe(true);
    const found = await field.all("chats", { users: { $all: fresh } });
    expect(found.map(({ _id }) => String(_id))).toEqual([chat.id]);
    expect(await field.all("chats", { users: { $not: { $type: bson } } })).toEqual([]);
    // The text form of an id is the same participant.
    expect(chat.participants).toEqual([...fresh].map(String).toSorted());
    expect(await findChat(app, { participants: fresh.map(String) })).toMatchObject({ id: chat.id });
    expect(await createOrGetChat(app, { participants: known.map(String) })).toMatchObject({
      created: false,
      chat: { id: String(id(1)) },
    });
    const { chats } = await listChats(app, { participant: String(fresh[0]) });
    expect(chats.map((one) => one.id)).toEqual([chat.id]);
  });

  it("satisfy a validator of the application", async () => {
    await using field = await fieldDatabase({
      model: modelOf(type),
      collections: {
        chats: { validator: { $jsonSchema: { properties: { users: { items: { bsonType: bson } } } } } },
        messages: {},
      },
    });
    await ensureIndexes(field.app());
    expect(await createOrGetChat(field.app(), { participants: fresh })).toMatchObject({ created: true });
  });

  it("refuse what is no id of that type", async () => {
    await using field = await fieldDatabase({ model: modelOf(type) });
    await ensureIndexes(field.app());
    for (const nonsense of ["alice", "1.5", "65f0c0ffee0123456789abcd"]) {
      await expect(
        createOrGetChat(field.app(), { participants: [fresh[0], nonsense] }),
      ).rejects.toMatchObject({
        code: "INVALID_PARTICIPANTS",
        position: 1,
      });
    }
  });
});

describe("the other ids of a chat", () => {
  it("may be integers as well: its own and its scope's", async () => {
    await using field = await fieldDatabase({
      model: {
        chats: {
          participants: "users",
          participantType: "int",
          scope: "listing",
          scopeType: "int",
          idType: "uuid",
        },
      },
    });
    await ensureIndexes(field.app());
    const { chat } = await createOrGetChat(field.app(), { participants: [1, 2], scope: "7" });
    expect(chat).toMatchObject({ participants: ["1", "2"], scope: "7" });
    expect(await field.all("chats", { listing: { $type: "int" }, _id: { $type: "binData" } })).toHaveLength(
      1,
    );
  });

  it("of 32 bits refuse what does not fit", async () => {
    await using field = await fieldDatabase({ model: modelOf("int") });
    await ensureIndexes(field.app());
    await expect(createOrGetChat(field.app(), { participants: [1, 2 ** 31] })).rejects.toMatchObject({
      code: "INVALID_PARTICIPANTS",
    });
  });
});

describe("a model whose participantType no stored chat has", () => {
  const mismatches: readonly (readonly [string, ParticipantType, readonly unknown[]])[] = [
    ["text configured, ObjectIds stored", "string", objectIds],
    ["ObjectIds configured, text stored", "objectId", objectIds.map(String)],
    ["text configured, numbers stored", "string", [1, 2, 3, 4]],
    ["text configured, UUIDs stored", "string", [ada, bob, cyd, dan]],
    ["ObjectIds configured, numbers stored", "objectId", [1, 2, 3, 4]],
    ["integers configured, fractions stored", "int", [1.5, 2.5, 3, 4]],
    ["long integers configured, fractions stored", "long", [1.5, 2.5, 3, 4]],
    ["UUIDs configured, UUIDs of old stored", "uuid", [...[ada, bob].map(ofOld), cyd, dan]],
  ];

  it.each(mismatches)("is a problem, and makes no chat: %s", async (_name, type, people) => {
    const [first, second, third, fourth] = people;
    await using field = await fieldDatabase({
      model: modelOf(type),
      data: { chats: [{ _id: id(1), users: [first, second] }], messages: [] },
      indexes: [
        { collection: "chats", key: { participantsKey: 1 }, options: { unique: true, sparse: true } },
        { collection: "chats", key: { users: 1, _id: 1 } },
      ],
    });
    const plan = await field.plan();
    expect([plan.exit, plan.problems]).toEqual([3, expect.stringContaining("participantType")]);
    expect(await field.up()).toMatchObject({ exit: 3 });
    const app = field.app();
    const participants = type === "objectId" ? objectIds.slice(2) : [String(third), String(fourth)];
    await expect(createOrGetChat(app, { participants })).rejects.toMatchObject({ code: "MODEL_MISMATCH" });
    await expect(assertIndexes(app)).rejects.toMatchObject({
      code: "MODEL_MISMATCH",
      message: expect.stringContaining("participantType"),
    });
    await expect(ensureIndexes(app)).rejects.toMatchObject({ code: "MODEL_MISMATCH" });
    expect(await field.all("chats")).toHaveLength(1);
  });

  it("is told in `members.user` and beside chats that `where` does not select", async () => {
    await using field = await fieldDatabase({
      model: { chats: { participants: "members.user", scope: null, where: { kind: "dm" } }, references: [] },
      data: {
        chats: [
          { _id: id(1), kind: "dm", members: [{ user: objectIds[0] }, { user: objectIds[1] }] },
          // Of another kind, which says nothing of direct chats.
          { _id: id(2), kind: "group", members: [{ user: "text" }, { user: "more" }] },
        ],
      },
      indexes: [
        { collection: "chats", key: { participantsKey: 1 }, options: { unique: true, sparse: true } },
      ],
    });
    expect(await field.plan()).toMatchObject({ exit: 3 });
    await expect(createOrGetChat(field.app(), { participants: ["x", "y"] })).rejects.toMatchObject({
      code: "MODEL_MISMATCH",
    });
  });

  it("is a warning with numbers where some have it", async () => {
    await using field = await fieldDatabase({
      model: modelOf("objectId"),
      data: {
        chats: [
          { _id: id(1), users: objectIds.slice(0, 2) },
          { _id: id(2), users: objectIds.slice(2).map(String) },
          { _id: id(3), users: [objectIds[0], String(objectIds[3])] },
        ],
        messages: [],
      },
    });
    const plan = await field.plan();
    expect([plan.exit, plan.warnings]).toEqual([0, expect.stringMatching(/participantType|objectId/)]);
    expect(plan.warnings).toMatch(/\b[23]\b/);
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await createOrGetChat(field.app(), { participants: [objectIds[1], objectIds[2]] })).toMatchObject({
      created: true,
    });
  });

  it.each<readonly [string, ParticipantType, readonly unknown[], unknown]>([
    ["a fraction", "int", [1, 2], 1.5],
    ["a UUID of old", "uuid", [ada, bob], ofOld(ada)],
  ])("has chats parked where some have it, as plan says: %s", async (_name, type, [first, second], odd) => {
    const users = [
      [first, second],
      [odd, second],
    ];
    await using field = await fieldDatabase({
      model: modelOf(type),
      data: { chats: users.map((some, at) => ({ _id: id(at + 1), users: some })), messages: [] },
    });
    const { exit, plan } = await field.plan();
    expect([exit, plan.invalid.flatMap(({ examples }) => examples)]).toEqual([6, [id(2)]]);
    expect(await field.up()).toMatchObject({ exit: 6 });
  });

  it("is no mismatch where there are no chats, nor of doubles that are whole numbers", async () => {
    await using empty = await fieldDatabase({ model: modelOf("uuid") });
    await ensureIndexes(empty.app());
    expect(await createOrGetChat(empty.app(), { participants: [ada, bob] })).toMatchObject({ created: true });
    for (const type of ["int", "long"] as const) {
      await using field = await fieldDatabase({
        model: modelOf(type),
        data: { chats: [{ _id: id(1), users: [new Double(1), new Double(2)] }], messages: [] },
      });
      expect(await field.plan()).toMatchObject({ exit: 0 });
      await field.up();
      expect(await createOrGetChat(field.app(), { participants: [1, 3] })).toMatchObject({ created: true });
    }
  });
});
