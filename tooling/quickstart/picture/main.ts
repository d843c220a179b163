import { fileURLToPath } from "node:url";
import { openMongo } from "@onechat/mongo";
import { findChromium } from "@onechat/testing";
import { startApi } from "../src/api-process.ts";
import { refuseTakenPort } from "../src/taken-port.ts";
import { takePictures } from "./take-pictures.ts";

// npm run picture [-- folder]
const [folder = fileURLToPath(new URL("../../../docs", import.meta.url))] = process.argv.slice(2);
const chromium = findChromium(process.env);
if (chromium.missing !== null) throw new Error(chromium.missing);
const port = Number(process.env["PORT"] ?? 3009);
await refuseTakenPort(port);
await using mongo = await openMongo({ purpose: "start", env: process.env });
const api = startApi(
  fileURLToPath(import.meta.resolve("@onechat/api/main")),
  {
    MONGODB_URI: mongo.uri,
    MONGODB_DB: "onechat_picture",
    AUTH_DEV: "1",
    NODE_ENV: "development",
    LOG_LEVEL: "warn",
  },
  port,
);
try {
  await api.ready(30_000);
  for (const line of await takePictures(chromium.path, api.url, folder)) console.log(line);
} finally {
  await api[Symbol.asyncDispose]();
}
