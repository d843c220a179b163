import type { Document } from "mongodb";
import { legacyChat, legacyWorld, type LegacyChat, type LegacyWorld } from "./legacy-chat.ts";
import type { LegacyBatch, LegacyDocument } from "./legacy-document.ts";
import { LegacyDataOptions, type LegacyShape } from "./legacy-options.ts";
import { mernDocuments } from "./shapes/mern.ts";
import { onechatDocuments } from "./shapes/onechat.ts";
import { rocketchatDocuments } from "./shapes/rocketchat.ts";

const documentsOf = {
  onechat: onechatDocuments,
  mern: mernDocuments,
  rocketchat: rocketchatDocuments,
} satisfies Record<LegacyShape, (world: LegacyWorld, chat: LegacyChat) => readonly LegacyDocument[]>;

const largestBatch = 1000;

/**
 * All documents, in batches of at most a thousand of one collection; chats come in the order of their creation. Only what
 * is not yet in a full batch is held, whatever the number of chats.
 */
export function* legacyBatches(options: LegacyDataOptions): Generator<LegacyBatch, void, undefined> {
  const pending = new Map<string, Document[]>();
  for (const { collection, document } of legacyDocuments(options)) {
    const documents = pending.get(collection) ?? [];
    if (documents.push(document) === 1) pending.set(collection, documents);
    if (documents.length < largestBatch) continue;
    pending.delete(collection);
    yield { collection, documents };
  }
  for (const [collection, documents] of pending) yield { collection, documents };
}

function* legacyDocuments(options: LegacyDataOptions): Generator<LegacyDocument, void, undefined> {
  const world = legacyWorld(LegacyDataOptions.parse(options));
  const documents = documentsOf[world.options.shape];
  for (let position = 0; position < world.plan.total; position += 1) {
    yield* documents(world, legacyChat(world, position));
  }
}
