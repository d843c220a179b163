import { deserialize, type Document } from "bson";
import { withFields, withoutFields } from "../wire/bson-fields.ts";
import { answerBody, answerTo } from "../wire/wire-request.ts";
import { singleServer } from "./single-server.ts";
import type { Answer } from "./upstream-answers.ts";

/**
 * A member of a set that tells, in place of the members, the proxies before them; of one without a proxy it does not
 * tell at all, or a driver would go there.
 *
 * @param proxies by the name of the member, the address of its proxy
 */
export function proxiedMember(proxies: ReadonlyMap<string, string>, ask: Answer): Answer {
  const server = singleServer(ask);
  return async (request) => {
    const answer = await server(request);
    if (answer === null || request.name !== "hello") return answer;
    const body = answerBody(answer);
    const told = Object.entries(deserialize(body)).flatMap(([field, value]) =>
      field in kinds ? [[field, kinds[field]?.(value, proxies)] as const] : [],
    );
    const fields: Document = Object.fromEntries(told.filter(([, value]) => value !== undefined));
    return answerTo(request, withFields(withoutFields(body, Object.keys(kinds)), fields));
  };
}

type Told = (value: unknown, proxies: ReadonlyMap<string, string>) => unknown;

const one: Told = (name, proxies) => proxies.get(String(name));
const many: Told = (names, proxies) =>
  Array.isArray(names) ? names.flatMap((name) => proxies.get(String(name)) ?? []) : undefined;

/** The fields of a hello that name members. */
const kinds: Readonly<Record<string, Told>> = {
  hosts: many,
  passives: many,
  arbiters: many,
  me: one,
  primary: one,
};
