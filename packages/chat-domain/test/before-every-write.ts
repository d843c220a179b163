import type { ChatContext } from "../src/index.ts";

type Chats = ChatContext["chats"];

/** The collection, with something that happens between this caller's reading and each of its writes. */
export function beforeEveryWrite(chats: Chats, interruption: () => Promise<unknown>): Chats {
  return new Proxy(chats, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      if (property !== "findOneAndUpdate") return member.bind(target) as unknown;
      return async (...args: unknown[]) => {
        await interruption();
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
}
