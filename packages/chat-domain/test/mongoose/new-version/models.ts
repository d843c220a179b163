import mongoose, { Schema } from "mongoose";

const { ObjectId } = Schema.Types;

const chatSchema = new Schema(
  {
    chatName: { type: String, trim: true },
    isGroupChat: { type: Boolean, default: false },
    users: [{ type: ObjectId, ref: "User" }],
    latestMessage: { type: ObjectId, ref: "Message" },
    groupAdmin: { type: ObjectId, ref: "User" },
    // onechat's: to be read and to filter by, never to be written, never with a default.
    participantsKey: String,
    mergedInto: { type: ObjectId, ref: "Chat" },
  },
  { timestamps: true },
);
// As onechat builds them: syncIndexes() drops every index that no schema names.
chatSchema.index({ participantsKey: 1 }, { name: "participantsKey_unique", unique: true, sparse: true });
chatSchema.index({ users: 1, _id: 1 }, { name: "participants_by_id" });
chatSchema.index(
  { "users.0": 1, "users.1": 1, _id: 1 },
  { name: "keyless_by_people", partialFilterExpression: { participantsKey: null } },
);

const messageSchema = new Schema(
  {
    sender: { type: ObjectId, ref: "User" },
    content: { type: String, trim: true },
    chat: { type: ObjectId, ref: "Chat", index: true },
    readBy: [{ type: ObjectId, ref: "User" }],
  },
  { timestamps: true },
);

export const Chat = mongoose.model("Chat", chatSchema);
export const Message = mongoose.model("Message", messageSchema);
