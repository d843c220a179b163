import { participantId } from "@onechat/chat-domain";
import type { Db, Document } from "mongodb";
import type { AuditedKey, Register } from "../history/history-line.ts";
import { concerns } from "./client.ts";
import { chatsCollection } from "./stored-chat.ts";

type LiveChat = AuditedKey["live"][number];

/** What a database holds, by the people and the scope that are stored. */
interface DatabaseContent {
  readonly live: ReadonlyMap<string, readonly LiveChat[]>;
  readonly liveIds: ReadonlySet<string>;
  /** Where retired ids lead, one step each, by the people that the retired chat was of. */
  readonly retired: ReadonlyMap<string, readonly string[]>;
  readonly steps: ReadonlyMap<string, string>;
}

/**
 * Reads everything once and answers for each register: its live chats, and where each of its retired ids leads in the
 * end. Nothing of the packages under test is asked.
 */
export async function auditDatabase(db: Db, registers: readonly Register[]): Promise<readonly AuditedKey[]> {
  const content = await readContent(db);
  const lasting = registers.filter(({ removedAtEnd }) => removedAtEnd !== true);
  return lasting.map((register) => {
    const identity = identityOf(register.participants, register.scope);
    const retired = new Set([
      ...(content.retired.get(identity) ?? []),
      ...register.initial.filter((id) => content.steps.has(id)),
    ]);
    return {
      type: "audit",
      key: register.key,
      live: [...(content.live.get(identity) ?? [])],
      redirects: [...retired].map((id) => ({ id, to: endOf(content, id) })),
    };
  });
}

async function readContent(db: Db): Promise<DatabaseContent> {
  const live = new Map<string, LiveChat[]>();
  const retired = new Map<string, string[]>();
  const liveIds = new Set<string>();
  const steps = new Map<string, string>();
  for await (const { _id, to } of db.collection("chat_redirects", concerns).find()) {
    steps.set(participantId(_id), participantId(to));
  }
  for await (const document of db.collection(chatsCollection, concerns).find()) {
    const chat = storedChat(document);
    const identity = identityOf(chat.participants, chat.scope);
    const target: unknown = document["mergedInto"] ?? null;
    if (target === null) {
      append(live, identity, chat);
      liveIds.add(chat.id);
    } else {
      append(retired, identity, chat.id);
      steps.set(chat.id, participantId(target));
    }
  }
  return { live, liveIds, retired, steps };
}

function storedChat({ _id, participants, scope }: Document): LiveChat {
  const people = Array.isArray(participants) ? participants.map(String) : [];
  return { id: participantId(_id), participants: people, scope: typeof scope === "string" ? scope : "" };
}

/** The live chat at the end of the steps, `null` where there is none; a loop ends at its second turn. */
function endOf({ steps, liveIds }: DatabaseContent, id: string): string | null {
  const seen = new Set<string>();
  let at: string | undefined = id;
  while (at !== undefined && !liveIds.has(at) && !seen.has(at)) {
    seen.add(at);
    at = steps.get(at);
  }
  return at !== undefined && liveIds.has(at) ? at : null;
}

function identityOf(participants: readonly string[], scope: string): string {
  return JSON.stringify([scope, ...new Set(participants.toSorted())]);
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
