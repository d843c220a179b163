import { model, Schema } from "mongoose";

const { ObjectId } = Schema.Types;

/** Two models as any application has them; `mergedInto` only serves to leave merged duplicates out. */
export const User = model("User", new Schema({ name: { type: String, unique: true, required: true } }));

export const Chat = model(
  "Chat",
  new Schema({
    users: [{ type: ObjectId, ref: "User" }],
    isGroupChat: { type: Boolean, default: false },
    title: String,
    createdAt: Date,
    mergedInto: ObjectId,
  }),
);
