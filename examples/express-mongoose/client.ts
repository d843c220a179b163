const { PORT = "3001" } = process.env;

async function ask(me: string, body?: object): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${PORT}/chats`, {
    method: body === undefined ? "GET" : "POST",
    headers: { "x-user": me, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return answer.json();
}

// Both open their chat at the same moment.
const [toAlice, toBob] = await Promise.all([ask("alice", { with: "bob" }), ask("bob", { with: "alice" })]);
console.log("alice got", toAlice);
console.log("bob got", toBob);
console.log("chats of alice:", JSON.stringify(await ask("alice")));
