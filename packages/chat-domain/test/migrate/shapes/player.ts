import type { ChatRef, Talk } from "@onechat/legacy-data";
import { ObjectId } from "mongodb";
import { oneOf } from "../legacy-chats.ts";
import type { Talks } from "./talks.ts";
import type { Version } from "./versions.ts";

/** Somebody who uses a version of an application. Only they change their messages, so everybody knows what those say. */
export class Player {
  readonly #version: Version;
  readonly #talks: Talks;
  readonly #messages: string[] = [];
  writes = 0;

  constructor(version: Version, talks: Talks) {
    this.#version = version;
    this.#talks = talks;
  }

  async open(talk: Talk): Promise<ChatRef | null> {
    const chat = await this.#version.open(talk);
    if (chat !== null) this.#talks.shown(talk, chat);
    return chat;
  }

  async say(talk: Talk, chat: ChatRef): Promise<string> {
    const { application, db, today } = this.#version;
    const message = this.#talks.next(talk);
    const now = await today(chat);
    if (!(await application.send(db, now, message))) throw new Error(`no chat ${String(now)} to write to`);
    this.#talks.sent(talk, now, message);
    this.#messages.push(String(message.id));
    this.writes += 1;
    return String(message.id);
  }

  /** Takes over messages that somebody else has sent, who leaves them alone from now on. */
  adopt(messages: readonly string[]): void {
    this.#messages.push(...messages);
  }

  async edit(id: string): Promise<void> {
    const said = this.#talks.said.get(id);
    if (said === undefined || said.isDeleted) return;
    const { application, db, today } = this.#version;
    const text = `${said.text}, edited`;
    if (!(await application.edit(db, await today(said.chat), new ObjectId(id), text))) return;
    said.text = text;
    this.writes += 1;
  }

  async remove(id: string): Promise<void> {
    const said = this.#talks.said.get(id);
    if (said === undefined || said.isDeleted) return;
    const { application, db, today } = this.#version;
    if (!(await application.remove(db, await today(said.chat), new ObjectId(id)))) return;
    said.isDeleted = true;
    this.writes += 1;
  }

  /** Anything that a person may do. */
  async act(random: () => number): Promise<void> {
    const dice = random();
    const talk = oneOf(this.#talks.all, random);
    if (dice < 0.1) return void (await this.open(turned(talk, random)));
    if (dice < 0.7 || this.#messages.length === 0) return this.#sayAnywhere(talk, random);
    const message = oneOf(this.#messages, random);
    await (dice < 0.9 ? this.edit(message) : this.remove(message));
  }

  async #sayAnywhere(talk: Talk, random: () => number): Promise<void> {
    const known = this.#talks.chatsOf(talk);
    const chat = known.length === 0 ? await this.open(talk) : oneOf(known, random);
    if (chat !== null) await this.say(talk, chat);
  }
}

/** As the other of the two begins it. */
function turned(talk: Talk, random: () => number): Talk {
  const [one, other] = talk.people;
  return random() < 0.5 ? talk : { ...talk, people: [other, one] };
}
