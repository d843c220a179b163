import { chatContext, ChatError, createOrGetChat, ensureIndexes } from "@onechat/chat-domain";
import { reviveWhenStalled } from "@onechat/chat-domain/connect";
import express, { type ErrorRequestHandler, type Request } from "express";
import mongoose from "mongoose";
import { Chat, User } from "./models.ts";

const {
  MONGODB_URI = "mongodb://127.0.0.1:27017",
  MONGODB_DB = "express-mongoose",
  PORT = "3001",
} = process.env;

await mongoose.connect(MONGODB_URI, { dbName: MONGODB_DB });
// Connects anew where the driver would wait for ever, after its database was killed in the wrong moment.
reviveWhenStalled(mongoose.connection.getClient());
await User.init();
for (const name of ["alice", "bob", "carol"]) await User.updateOne({ name }, { name }, { upsert: true });

// Where onechat finds the chats of the model above. Groups may have the same people as another chat: `where` leaves them out.
const { db } = mongoose.connection;
if (db === undefined) throw new Error("not connected");
const chats = chatContext(db, {
  model: {
    chats: { participants: "users", participantType: "objectId", where: { isGroupChat: false }, scope: null },
  },
});
await ensureIndexes(chats);

const userOf = (name: unknown) => User.findOne({ name: String(name) }).orFail();

/** Your sessions here: whoever may choose this header may be anybody. */
const callerOf = (request: Request) => userOf(request.get("x-user"));

const app = express().use(express.json());

// Instead of Chat.findOne, then Chat.create: two requests at once get one chat.
app.post("/chats", async (request, response) => {
  const [me, other] = [await callerOf(request), await userOf(request.body?.with)];
  const participants = [me._id, other._id];
  const { chat, created } = await createOrGetChat(chats, { participants, set: { title: "a new chat" } });
  response.status(created ? 201 : 200).json({ id: chat.id, created });
});

// Everything else stays as it was: the chats are documents of the same Mongoose model.
app.get("/chats", async (request, response) => {
  const { _id } = await callerOf(request);
  // Once duplicates have been merged, each of them names the chat that it was merged into.
  response.json(
    await Chat.find({ users: _id, mergedInto: null }).select("title users").populate("users", "name"),
  );
});

const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  const [status, text] = answerTo(error);
  response.status(status).json({ error: text });
};
app.use(answerError);

function answerTo(error: unknown): readonly [number, string] {
  if (error instanceof mongoose.Error.DocumentNotFoundError) return [404, "no such user"];
  if (error instanceof ChatError && error.code === "UNAVAILABLE") return [503, "try again in a moment"];
  console.error(error);
  return [500, "internal error"];
}

app.listen(Number(PORT), "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`http://127.0.0.1:${PORT}`);
});
