import { QueryClientProvider, useMutation, useQuery } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { me, queryClient, trpc } from "./trpc.ts";

function Chats() {
  const list = useQuery(trpc.chat.list.queryOptions({ limit: 20 }));
  const open = useMutation(
    trpc.chat.createOrGet.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.chat.list.queryFilter()),
    }),
  );
  const error = open.error ?? list.error;

  return (
    <main>
      <h1>Chats of {me}</h1>
      <form action={(form) => open.mutate({ participants: [form.get("person") as string] })}>
        <input name="person" aria-label="With" placeholder="bob" required />
        <button disabled={open.isPending}>Open chat</button>
      </form>
      {error && <p role="alert">{error.message}</p>}
      {open.data && (
        <p role="status">
          {open.data.chat.id} {open.data.created ? "is new" : "existed already"}
        </p>
      )}
      {list.isPending && <p>Loading …</p>}
      <ul>
        {list.data?.chats.map(({ id, participants }) => (
          <li key={id}>{participants.filter((person) => person !== me).join(", ")}</li>
        ))}
      </ul>
    </main>
  );
}

const root = document.querySelector("#root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Chats />
    </QueryClientProvider>
  </StrictMode>,
);
