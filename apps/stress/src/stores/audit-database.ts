import { participantId } from "@onechat/chat-domain";
import { group } from "d3-array";
import type { Db, Document } from "mongodb";
import type { AuditedKey, Register } from "../history/history-line.ts";
import { concerns } from "./client.ts";
import { chatsCollection } from "./stored-chat.ts";

/**
 * Reads everything once and answers for each register: its live chats, and where each of its retired ids leads in the
 * end. Nothing of the packages under test is asked.
 */
export async function auditDatabase(db: Db, registers: readonly Register[]): Promise<readonly AuditedKey[]> {
  const chats: StoredChat[] = [];
  /** Where retired ids lead, one step each. */
  const steps = new Map<string, string>();
  for await (const { _id, to } of db.collection("chat_redirects", concerns).find())
    steps.set(participantId(_id), participantId(to));
  for await (const document of db.collection(chatsCollection, concerns).find())
    chats.push(storedChat(document));
  for (const { chat, mergedInto } of chats) if (mergedInto !== null) steps.set(chat.id, mergedInto);
  const liveIds = new Set(chats.filter(isLive).map(({ chat }) => chat.id));
  const byPeople = group(chats, ({ chat }) => identityOf(chat));
  const lasting = registers.filter(({ removedAtEnd }) => removedAtEnd !== true);
  return lasting.map((register) => {
    const own = byPeople.get(identityOf(register)) ?? [];
    const retired = new Set([
      ...own.filter((stored) => !isLive(stored)).map(({ chat }) => chat.id),
      ...register.initial.filter((id) => steps.has(id)),
    ]);
    return {
      type: "audit",
      key: register.key,
      live: own.filter(isLive).map(({ chat }) => chat),
      redirects: [...retired].map((id) => ({ id, to: endOf(id, steps, liveIds) })),
    };
  });
}

interface StoredChat {
  readonly chat: AuditedKey["live"][number];
  /** `null` while it lives. */
  readonly mergedInto: string | null;
}

function isLive({ mergedInto }: StoredChat): boolean {
  return mergedInto === null;
}

function storedChat({ _id, participants, scope, mergedInto }: Document): StoredChat {
  const people = Array.isArray(participants) ? participants.map(String) : [];
  return {
    chat: { id: participantId(_id), participants: people, scope: typeof scope === "string" ? scope : "" },
    mergedInto: (mergedInto ?? null) === null ? null : participantId(mergedInto),
  };
}

/** The live chat at the end of the steps, `null` where there is none; a loop ends at its second turn. */
function endOf(id: string, steps: ReadonlyMap<string, string>, liveIds: ReadonlySet<string>): string | null {
  const seen = new Set<string>();
  let at: string | undefined = id;
  while (at !== undefined && !liveIds.has(at) && !seen.has(at)) {
    seen.add(at);
    at = steps.get(at);
  }
  return at !== undefined && liveIds.has(at) ? at : null;
}

function identityOf({ participants, scope }: Pick<Register, "participants" | "scope">): string {
  return JSON.stringify([scope, ...new Set(participants.toSorted())]);
}
