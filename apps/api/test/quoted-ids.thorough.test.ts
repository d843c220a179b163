import { wireProxy } from "@onechat/mongo/proxy";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { expect, it } from "vitest";
import { testApi, untilReadiness } from "./test-api.ts";

const codes = [
  1, 2, 6, 7, 9, 11, 13, 14, 20, 24, 26, 27, 28, 43, 46, 48, 50, 59, 61, 64, 66, 67, 72, 73, 79, 85, 86, 89,
  91, 96, 100, 112, 115, 117, 121, 125, 133, 134, 136, 146, 166, 175, 189, 202, 211, 237, 241, 246, 251, 262,
  263, 276, 290, 292, 317, 334, 357, 365, 391, 462, 8000, 9001, 10003, 10107, 10334, 11000, 11001, 11600,
  11601, 11602, 12582, 13113, 13435, 13436, 14031, 16500, 16755, 17280, 17419, 31034, 40415,
];

it("keeps ids of people out of the log and out of answers, whichever error of the database quotes them", async () => {
  await using proxy = await wireProxy({ upstream: testMongo().uri });
  await using api = await testApi({ mongoUri: proxy.uri, database: databaseName("quoted") });
  await untilReadiness(api, 200);
  const answers = await Promise.all(
    ["find", "insert", "findAndModify", "listIndexes"].map(async (command) => {
      const bodies: string[] = [];
      for (const code of codes) {
        using _rule = proxy.rule({
          commands: [command],
          times: "always",
          fault: {
            error: { code, message: `E${code} of "marked-1" { id: marked-2 } marked-3\n  at marked-4` },
          },
        });
        const answer = await api.request("/api/chats/create-or-get", {
          method: "POST",
          body: JSON.stringify({ participants: [`marked-${command}-${code}`] }),
        });
        bodies.push(await answer.text());
      }
      return bodies;
    }),
  );
  expect(answers.flat().filter((body) => /marked-\d/.test(body))).toEqual([]);
  expect(api.log.filter((line) => line.includes("marked-"))).toEqual([]);
  expect(api.log.filter((line) => line.includes("unforeseen error")).length).toBeGreaterThan(10);
}, 60_000);
