import type { Change } from "./mutant.ts";

/** A fault that was planted in chat-domain once to see who sees it. A `smoke` run has to catch it. */
export interface PlantedFault {
  readonly name: string;
  readonly changes: readonly Change[];
}

const key = "participants-key.js";
const preimage = "const preimage = JSON.stringify([scope, ...ids]);";

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "ids are sorted by locale",
    changes: [
      {
        file: key,
        text: "return isSortedSet(ids) ? ids : [...new Set(ids)].toSorted(byCodePoint);",
        becomes: "return [...new Set(ids)].toSorted((a, b) => a.localeCompare(b));",
      },
    ],
  },
  {
    name: "a search for keyless chats drops one set at a boundary of 50",
    changes: [
      {
        file: "keyless-chats.js",
        text: ".slice(from, from + setsPerQuery)",
        becomes: ".slice(from, from + setsPerQuery - 1)",
      },
    ],
  },
  {
    name: "only the first ten people are hashed",
    changes: [
      {
        file: key,
        text: preimage,
        becomes: "const preimage = JSON.stringify([scope, ...ids.slice(0, 10)]);",
      },
    ],
  },
  {
    name: "the newest legacy chat is claimed",
    changes: [
      {
        file: "keyless-chats.js",
        text: "...hint,\n        sort: { _id: 1 },",
        becomes: "...hint,\n        sort: { _id: -1 },",
      },
      {
        file: "keyless-chats.js",
        text: "rank.get(_id) ?? order.length",
        becomes: "-(rank.get(_id) ?? order.length)",
      },
    ],
  },
  {
    name: "ids are lower-cased",
    changes: [
      {
        file: key,
        text: preimage,
        becomes: "const preimage = JSON.stringify([scope, ...ids.map((id) => id.toLowerCase())]);",
      },
    ],
  },
  {
    name: "ids are folded to one Unicode form",
    changes: [
      {
        file: key,
        text: preimage,
        becomes: 'const preimage = JSON.stringify([scope, ...ids.map((id) => id.normalize("NFC"))]);',
      },
    ],
  },
  {
    name: "ids are joined by a comma",
    changes: [{ file: key, text: preimage, becomes: 'const preimage = [scope, ...ids].join(",");' }],
  },
  {
    name: "the scope is left out of the key",
    changes: [{ file: key, text: preimage, becomes: 'const preimage = JSON.stringify(["", ...ids]);' }],
  },
  {
    name: "whoever claims a chat is told to have created it",
    changes: [
      {
        file: "create-or-get-chat.js",
        text: 'created: isFirst && outcome === "created"',
        becomes: 'created: isFirst && outcome !== "existing"',
      },
    ],
  },
  {
    name: "all callers that share a new chat are told to have created it",
    changes: [
      {
        file: "create-or-get-chat.js",
        text: 'created: isFirst && outcome === "created"',
        becomes: 'created: outcome === "created"',
      },
    ],
  },
  {
    name: "a duplicate-key error is passed on",
    changes: [{ file: "mongo-errors.js", text: "if (isRefusal(error))", becomes: "if (false)" }],
  },
  {
    name: "an insert that was refused is answered as if it had been done",
    changes: [
      {
        file: "chat-batches.js",
        text: "const inserted = chats.filter((_, index) => !refused.has(index));",
        becomes: "const inserted = chats;",
      },
    ],
  },
  {
    name: "keyless chats are not looked for",
    changes: [
      {
        file: "chat-batches.js",
        text: 'ctx.legacy === "claim" ? await findKeylessChats(ctx, requests)',
        becomes: "false ? await findKeylessChats(ctx, requests)",
      },
    ],
  },
  {
    name: "outcomes are shifted when all callers of a key have given up",
    changes: [
      {
        file: "batcher.js",
        text: "for (const [index, { callers }] of groups.entries())",
        becomes:
          "for (const [index, { callers }] of groups.filter((group) => group.callers.length > 0).entries())",
      },
    ],
  },
  {
    name: "answers are remembered for ever",
    changes: [
      {
        file: "create-or-get-chat.js",
        text: "return withDeadline(ctx, (cancellation) => attempt(ctx, { key, request, cancellation, skipLimit: false }), input.signal);",
        becomes:
          "const told = (globalThis.told ??= new Map()); const known = told.get(key);" +
          "if (known !== undefined) return { chat: known, created: false };" +
          "const result = await withDeadline(ctx, (cancellation) => attempt(ctx, { key, request, cancellation, skipLimit: false }), input.signal);" +
          "told.set(key, result.chat); return result;",
      },
    ],
  },
];
