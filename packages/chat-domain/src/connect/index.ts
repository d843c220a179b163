export { type ChatConnection, connect, type ConnectOptions } from "./connect.ts";
export { databaseFor, defaultDatabase, type NamedDatabase } from "./database-name.ts";
export type { PoolFigures } from "./pool-figures.ts";
export { type OtherClient, reviveWhenStalled } from "./revive-when-stalled.ts";
