import type { Document } from "mongodb";
import type { ChatModel } from "../../model/chat-model.ts";
import { fieldAt } from "../../model/nested-fields.ts";
import { participantPaths } from "../../model/participants-place.ts";
import { idText } from "./duplicate-sets.ts";

/** Puts what is each person's own into the duplicate's fields in which the survivor has it. */
export function uncrossed(model: ChatModel, version: number): readonly Document[] {
  const people = participantPaths(model);
  const personAt = (chat: string, path: string): Document => idText(fieldAt(`$${chat}.`, path), version);
  const moved = model.chats.perParticipant.flatMap((fields) =>
    fields.map((field, at) => {
      const theirs = people.reduceRight<Document | string>((otherwise, path, index) => {
        const isSame = { $eq: [personAt("loser", path), personAt("survivor", people[at] ?? "")] };
        return { $cond: [isSame, `$loser.${fields[index]}`, otherwise] };
      }, `$loser.${field}`);
      return [`loser.${field}`, theirs] as const;
    }),
  );
  return moved.length === 0 ? [] : [{ $set: Object.fromEntries(moved) }];
}
