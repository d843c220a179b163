export { type ChatConnection, connect, type ConnectOptions } from "./connect.ts";
