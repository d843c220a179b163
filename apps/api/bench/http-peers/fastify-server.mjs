// What a careful hand would write for speed: Fastify with a schema for the answer, and the driver's own upsert.
/* oxlint-disable no-restricted-imports -- a peer stands on the driver itself */
import { fastify } from "fastify";
import jwt from "jsonwebtoken";
import { MongoClient } from "mongodb";

const { MONGODB_URI = "", AUTH_JWT_SECRET = "" } = process.env;
const client = await new MongoClient(MONGODB_URI, { maxPoolSize: 50 }).connect();
const chats = client.db("http-fastify").collection("chats", {
  writeConcern: { w: "majority", journal: true },
  readConcern: { level: "majority" },
});
await chats.createIndex({ participantsKey: 1 }, { unique: true });

const text = { type: "string" };
const texts = { type: "array", items: text };
const chat = { type: "object", properties: { id: text, participants: texts, createdAt: text } };
const schema = {
  body: { type: "object", properties: { participants: texts }, required: ["participants"] },
  response: { 200: { type: "object", properties: { chat } } },
};

const byCodeUnit = (a, b) => (a < b ? -1 : 1);

const server = fastify();
server.addHook("onRequest", (request, reply, done) => {
  try {
    const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    const options = { algorithms: ["HS256"], issuer: "onechat", audience: "onechat" };
    request.userId = jwt.verify(token, AUTH_JWT_SECRET, options).sub;
    done();
  } catch {
    void reply.code(401).send({ error: "unauthorized" });
  }
});
server.post("/api/chats/create-or-get", { schema }, async (request) => {
  const participants = [...new Set([request.userId, ...request.body.participants])].toSorted(byCodeUnit);
  const found = await chats.findOneAndUpdate(
    { participantsKey: participants.join("|") },
    { $setOnInsert: { participants, createdAt: new Date() } },
    { upsert: true, returnDocument: "after" },
  );
  return { chat: { id: String(found._id), participants: found.participants, createdAt: found.createdAt } };
});

const url = await server.listen({ port: 0, host: "127.0.0.1" });
process.send?.(url);
process.once("disconnect", () => process.exit());
