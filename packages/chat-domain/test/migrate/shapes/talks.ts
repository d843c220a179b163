import { type ChatRef, type ChatView, newMessage, type Talk, type TalkMessage } from "@onechat/legacy-data";

/** A message that was sent and acknowledged, and what has become of it since. */
interface Said {
  readonly talk: Talk;
  /** Where it was sent to. */
  readonly chat: ChatRef;
  readonly begun: number;
  readonly acknowledged: number;
  text: string;
  isDeleted: boolean;
}

/** What all versions of an application together have promised to those who talk. */
export class Talks {
  readonly all: readonly Talk[];
  readonly said = new Map<string, Said>();
  readonly #chats = new Map<string, ChatRef[]>();
  readonly #unread = new Map<string, number>();
  /** A moment for each message. */
  #clock = Date.now();

  constructor(count: number) {
    // Each about something of its own, which is what tells them apart here.
    this.all = Array.from({ length: count }, (_, number) => ({
      people: [personId(2 * number), personId(2 * number + 1)] as const,
      about: `listing ${number}`,
    }));
  }

  /** The chats that anybody was ever shown. */
  chatsOf(talk: Talk): readonly ChatRef[] {
    return this.#chats.get(talk.about) ?? [];
  }

  shown(talk: Talk, chat: ChatRef): void {
    const chats = this.chatsOf(talk);
    if (!chats.map(String).includes(String(chat))) this.#chats.set(talk.about, [...chats, chat]);
  }

  next({ people: [one, other] }: Talk): TalkMessage {
    this.#clock += 1;
    const [from, to] = this.#clock % 3 === 0 ? [other, one] : [one, other];
    return newMessage({ from, to, text: `message ${this.#clock}`, at: new Date(this.#clock) });
  }

  sent(talk: Talk, chat: ChatRef, { id, to, text, at }: TalkMessage): void {
    const moments = { begun: at.getTime(), acknowledged: this.#clock };
    this.said.set(String(id), { talk, chat, ...moments, text, isDeleted: false });
    this.#unread.set(unreadName(talk, to), this.unread(talk, to) + 1);
  }

  /** How often somebody was written to. */
  unread(talk: Talk, person: string): number {
    return this.#unread.get(unreadName(talk, person)) ?? 0;
  }

  /** What is wrong with what the chats of a talk, those who read them, have on their screens. */
  flawsOf(talk: Talk, views: readonly ChatView[]): readonly string[] {
    const expected = new Map(
      [...this.said].filter(([, said]) => said.talk.about === talk.about && !said.isDeleted),
    );
    const seen = views.flatMap(({ messages }) => messages);
    const count = new Map<string, number>();
    for (const { id } of seen) count.set(id, (count.get(id) ?? 0) + 1);
    return [
      ...[...expected.keys()].filter((id) => !count.has(id)).map((id) => `${this.#tell(id)} is lost`),
      ...[...count].filter(([, times]) => times > 1).map(([id]) => `${this.#tell(id)} is there twice`),
      ...[...count.keys()].filter((id) => !expected.has(id)).map((id) => `${this.#tell(id)} is back`),
      ...seen
        .filter(({ id, text }) => (expected.get(id)?.text ?? text) !== text)
        .map(({ id, text }) => `${this.#tell(id)} says "${text}" again`),
      ...views.flatMap((view) => this.#disorderIn(view)),
      ...talk.people.flatMap((person) => this.#miscounted(talk, person, views)),
    ];
  }

  /** Nothing stands behind what was begun only after it had been acknowledged. */
  #disorderIn({ messages }: ChatView): readonly string[] {
    let latest = -Infinity;
    return messages.flatMap(({ id }) => {
      const { begun, acknowledged } = this.said.get(id) ?? { begun: latest, acknowledged: Infinity };
      const isLate = acknowledged < latest;
      latest = Math.max(latest, begun);
      return isLate ? [`${this.#tell(id)} is out of order`] : [];
    });
  }

  #miscounted(talk: Talk, person: string, views: readonly ChatView[]): readonly string[] {
    const found = views.reduce((sum, { unread }) => sum + (unread[person] ?? 0), 0);
    const expected = this.unread(talk, person);
    return found === expected ? [] : [`${found} unread of ${person} instead of ${expected}`];
  }

  #tell(id: string): string {
    return `${this.said.get(id)?.text ?? "an unknown message"} (${id})`;
  }
}

function personId(number: number): string {
  return number.toString(16).padStart(24, "a");
}

function unreadName({ about }: Talk, person: string): string {
  return `${about} ${person}`;
}
