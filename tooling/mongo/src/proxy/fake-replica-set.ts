import { z } from "zod";
import { commandRules } from "./command-rules.ts";
import { fakeMember, type MemberView, setName } from "./fake-member.ts";
import { onlyAddress, proxiedUri, SingleProxyOptions, type WireProxyOptions } from "./proxied-uri.ts";
import { resolved } from "./resolved.ts";
import type { WireProxy } from "./wire-proxy.ts";
import { wireRelay } from "./wire-relay.ts";

/** How a primary steps down. */
export type StepDown = z.input<typeof StepDown>;
export const StepDown = z
  .strictObject({
    /** A primary that dies takes its connections along; one that is told to step down keeps them, and only refuses. */
    connections: z.enum(["dropped", "kept"]).default("dropped"),
  })
  .readonly();

/** Two members, of which one is the primary, in front of one server. */
export interface FakeReplicaSet extends WireProxy {
  /** The address of the member that is the primary just now. */
  readonly primary: () => string;
  /** From now on the other member is the primary. */
  stepDown(how?: StepDown): void;
}

/**
 * One server as a driver sees a replica set, for what a driver and its callers do when the primary changes. It has
 * the driver's side of a fail-over: two addresses, elections, NotWritablePrimary and NotPrimaryNoSecondaryOk, broken
 * connections, writes that are repeated by the driver. It has no other side: both members show the same data at once,
 * so nothing is rolled back and nothing is late; sessions are not passed on, so that there are no transactions, and a
 * write that the driver repeats after a lost answer runs twice, where a real set would know its number and answer
 * what it has answered before.
 *
 * @throws Error that names what is wrong with the options
 * @example
 * await using set = await fakeReplicaSet({ upstream: server.uri });
 * const client = new MongoClient(set.uri);
 * using held = set.rule({ commands: ["insert"], fault: "hold" });
 * const inserting = client.db().collection("notes").insertOne({});
 * await held.reached();
 * set.stepDown({ connections: "kept" });
 * held.lift();
 * await inserting; // refused by the old primary, repeated by the driver on the new one
 */
export async function fakeReplicaSet(options: WireProxyOptions): Promise<FakeReplicaSet> {
  const { upstream, remember } = resolved(SingleProxyOptions, "the proxy", options);
  const { control, ...rules } = commandRules(remember);
  const hosts: string[] = [];
  let term = 1;
  const primary = (): string => hosts[(term - 1) % 2] ?? "";
  const view = (index: number) => (): MemberView => ({
    hosts,
    me: hosts[index] ?? "",
    primary: primary(),
    term,
  });
  const member = (index: number) =>
    wireRelay(onlyAddress(upstream), rules, (ask) => fakeMember(view(index), ask));
  const members = await Promise.all([member(0), member(1)]);
  hosts.push(...members.map(({ port }) => `127.0.0.1:${port}`));
  const ports = members.map(({ port }) => port);
  return {
    uri: proxiedUri(upstream, ports, { replicaSet: setName }),
    ...control,
    primary,
    stepDown(how = {}) {
      const { connections } = resolved(StepDown, "stepping down", how);
      const stepsDown = members[(term - 1) % 2];
      term += 1;
      if (connections === "dropped") stepsDown?.reset();
    },
    reset: () => members.reduce((sum, each) => sum + each.reset(), 0),
    async [Symbol.asyncDispose]() {
      await Promise.all(members.map((each) => each[Symbol.asyncDispose]()));
    },
  };
}
