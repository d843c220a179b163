import type { PlantedFault } from "./planted-faults.ts";

const reply = "return await reply(ctx, identities, condition);";
const keyless = "return firstSurvivors(ctx, candidates, ctx.deadlineMs);";
const search = "(await candidatesAmong(ctx, identities)) ?? (await candidatesOfEach(ctx, identities));";
const request = "const request = chatRequest(ctx, input);";

/** Builds of chat-domain that are right and too slow. A `ci` run's own limits have to catch them. */
export const slowBuilds: readonly PlantedFault[] = [
  {
    name: "every call takes 3 ms more",
    changes: [
      {
        file: "create-or-get-chat.js",
        text: request,
        becomes: `${request} await new Promise((resolve) => setTimeout(resolve, 3));`,
      },
    ],
  },
  {
    name: "every read is done three times",
    changes: [
      {
        file: "key-holder.js",
        text: reply,
        becomes: `await reply(ctx, identities, condition); await reply(ctx, identities, condition); ${reply}`,
      },
      {
        file: "keyless-chats.js",
        text: keyless,
        becomes: `${search} ${search} ${keyless}`,
      },
    ],
  },
];
