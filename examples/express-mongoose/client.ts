const { PORT = "3001" } = process.env;

async function openChat(
  me: string,
  other: string,
): Promise<{ readonly id: string; readonly created: boolean }> {
  const answer = await fetch(`http://127.0.0.1:${PORT}/chats`, {
    method: "POST",
    headers: { "x-user": me, "content-type": "application/json" },
    body: JSON.stringify({ with: other }),
  });
  return (await answer.json()) as { id: string; created: boolean };
}

// Both open their chat at the same moment, each from ten devices.
const devices = Array.from({ length: 10 }, () => [openChat("alice", "bob"), openChat("bob", "alice")]);
const answers = await Promise.all(devices.flat());

const created = answers.filter((answer) => answer.created);
console.log("chats:", new Set(answers.map(({ id }) => id)).size);
console.log(`created by: ${created.length} of ${answers.length} requests`);
