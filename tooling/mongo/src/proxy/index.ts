export { type FakeReplicaSet, fakeReplicaSet } from "./fake-replica-set.ts";
export { canBeProxied, hasPlainAddresses } from "./proxied-uri.ts";
export type { RuleHandle } from "./active-rule.ts";
export { type TcpProxy, tcpProxy } from "./tcp-proxy.ts";
export { type WireProxy, wireProxy } from "./wire-proxy.ts";
