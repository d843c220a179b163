import { isChatError } from "@onechat/chat-client";
import { connection } from "next/server";
import { chat } from "../../chat-client";

/** The chats, as JSON. */
export async function GET(): Promise<Response> {
  await connection();
  return Response.json(await chat.list.query({ limit: 20 }));
}

/** Opens the chat with somebody, and shows the page again. */
export async function POST(request: Request): Promise<Response> {
  const person = (await request.formData()).get("person");
  if (typeof person !== "string") return new Response("person is missing", { status: 400 });
  try {
    await chat.createOrGet.mutate({ participants: [person] });
    return new Response(null, { status: 303, headers: { location: "/" } });
  } catch (error) {
    if (!isChatError(error, "INVALID_PARTICIPANTS")) throw error;
    return new Response(error.message, { status: 400 });
  }
}
