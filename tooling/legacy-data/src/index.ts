export { embeddedMessages } from "./applications/embedded-messages.ts";
export { legacyApplications } from "./applications/index.ts";
export {
  type ChatRef,
  type ChatView,
  type LegacyApplication,
  type Talk,
} from "./applications/legacy-application.ts";
export { newMessage, type TalkMessage } from "./applications/talk-message.ts";
export { legacyChatsOf, openLegacyChat, raceLegacyChat, refOf } from "./applications/open-legacy-chat.ts";
export { type BrokenKind, type InvalidKind, type OddKind } from "./broken-kind.ts";
export { databaseHash, type HashedCollections } from "./database-hash.ts";
export { fillDatabase } from "./fill-database.ts";
export { legacyBatches } from "./legacy-batches.ts";
export {
  type LegacyChatsConfig,
  type LegacyConfig,
  legacyConfig,
  type LegacyFold,
  type LegacyFoldRule,
  type LegacyReference,
} from "./legacy-config.ts";
export { type LegacyBatch } from "./legacy-document.ts";
export { type LegacyIndex, legacyIndexes } from "./legacy-indexes.ts";
export { type LegacyDataOptions, LegacyShape } from "./legacy-options.ts";
export { type LegacySummary } from "./legacy-summary.ts";
export { messagesBySet } from "./messages-by-set.ts";
