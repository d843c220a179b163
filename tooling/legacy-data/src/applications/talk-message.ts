import { ObjectId } from "mongodb";

export interface TalkMessage {
  readonly id: ObjectId;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly at: Date;
}

/** A message that nobody has sent yet. */
export function newMessage(message: Omit<TalkMessage, "id">): TalkMessage {
  return { id: new ObjectId(), ...message };
}
