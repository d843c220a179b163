// The way most tutorials have it: Express, jsonwebtoken, and an upsert with Mongoose that looks again after a duplicate
// key. Plain JavaScript, as it would run: a loader of TypeScript would be measured as well.
import express from "express";
import jwt from "jsonwebtoken";
import mongoose from "mongoose";

const { MONGODB_URI = "", AUTH_JWT_SECRET = "" } = process.env;
await mongoose.connect(MONGODB_URI, { dbName: "http-seed", maxPoolSize: 50 });
const schema = new mongoose.Schema(
  { participants: [String], participantsKey: { type: String, unique: true } },
  { timestamps: true, writeConcern: { w: "majority", j: true }, readConcern: { level: "majority" } },
);
const Chat = mongoose.model("Chat", schema);
await Chat.init();

async function chatOf(participants) {
  const participantsKey = participants.join("|");
  try {
    return await Chat.findOneAndUpdate(
      { participantsKey },
      { $setOnInsert: { participants } },
      { upsert: true, returnDocument: "after" },
    );
  } catch (error) {
    if (error.code !== 11_000) throw error;
    return Chat.findOne({ participantsKey });
  }
}

const byCodeUnit = (a, b) => (a < b ? -1 : 1);

const app = express();
app.use(express.json());
app.use((request, response, next) => {
  try {
    const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    const options = { algorithms: ["HS256"], issuer: "onechat", audience: "onechat" };
    request.userId = jwt.verify(token, AUTH_JWT_SECRET, options).sub;
    next();
  } catch {
    response.status(401).json({ error: "unauthorized" });
  }
});
app.post("/api/chats/create-or-get", async (request, response) => {
  const participants = [...new Set([request.userId, ...request.body.participants])].toSorted(byCodeUnit);
  const chat = await chatOf(participants);
  response.json({ chat: { id: chat.id, participants: chat.participants, createdAt: chat.createdAt } });
});

const server = app.listen(0, "127.0.0.1", () => process.send?.(`http://127.0.0.1:${server.address().port}`));
process.once("disconnect", () => process.exit());
