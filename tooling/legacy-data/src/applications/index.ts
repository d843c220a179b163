import { embeddedMessages } from "./embedded-messages.ts";
import type { LegacyApplication } from "./legacy-application.ts";
import { listingsWithOwnKey } from "./listings-with-own-key.ts";
import { membersWithUnread } from "./members-with-unread.ts";
import { roomsByOwnId } from "./rooms-by-own-id.ts";
import { senderAndReceiver } from "./sender-and-receiver.ts";

/** Five shapes that the chats of applications have. */
export const legacyApplications: readonly LegacyApplication[] = [
  embeddedMessages,
  senderAndReceiver,
  roomsByOwnId,
  membersWithUnread,
  listingsWithOwnKey,
];
