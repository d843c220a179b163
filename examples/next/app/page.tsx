import { connection } from "next/server";
import { chat, me } from "../chat-client";

/** A server component: what it shows was asked for this very request. */
export default async function Page() {
  // Else Next would ask while the application is built, and refuse an answer that must not be kept.
  await connection();
  const { chats } = await chat.list.query({ limit: 20 });

  return (
    <main>
      <h1>Chats of {me}</h1>
      <form action="/chats" method="post">
        <input name="person" aria-label="With" placeholder="bob" required />
        <button>Open chat</button>
      </form>
      <ul>
        {chats.map(({ id, participants }) => (
          <li key={id}>{participants.filter((person) => person !== me).join(", ")}</li>
        ))}
      </ul>
    </main>
  );
}
