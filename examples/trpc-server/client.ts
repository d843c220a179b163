import { createTRPCClient, httpBatchLink } from "@trpc/client";
import type { AppRouter } from "./server.ts";

const { PORT = "3003" } = process.env;

function clientOf(user: string) {
  const link = httpBatchLink({ url: `http://127.0.0.1:${PORT}/trpc`, headers: { "x-user": user } });
  return createTRPCClient<AppRouter>({ links: [link] });
}

const alice = clientOf("alice");
const bob = clientOf("bob");

console.log(await alice.greeting.query({ to: "bob" }));

// Both open their chat at the same moment, each from three devices.
const answers = await Promise.all(
  [alice, bob, alice, bob, alice, bob].map((device) =>
    device.chat.createOrGet.mutate({ participants: ["alice", "bob"] }),
  ),
);
const created = answers.filter((answer) => answer.created);
console.log("chats:", new Set(answers.map(({ chat }) => chat.id)).size);
console.log(`created by: ${created.length} of ${answers.length} calls`);

const { chats } = await bob.chat.list.query({ limit: 10 });
console.log("bob's chats:", ...chats.map(({ participants }) => participants.join(" and ")));
