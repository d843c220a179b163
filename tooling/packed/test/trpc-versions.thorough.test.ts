import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { packedProject } from "../src/index.ts";
import { triedVersions } from "./documented-versions.ts";

const packageFolder = fileURLToPath(new URL("../../../packages/chat-client", import.meta.url));
const source = `
  import { QueryClient } from "@tanstack/react-query";
  import { createTRPCClient } from "@trpc/client";
  import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
  import { type AppRouter, chatLinks, chatQueryOptions, createChatClient, isChatError } from "@onechat/chat-client";

  const options = { url: "http://127.0.0.1:9", token: "t", retries: 0 };
  const queryClient = new QueryClient({ defaultOptions: { queries: chatQueryOptions } });
  const client = createTRPCClient<AppRouter>({ links: chatLinks(options) });
  const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient });
  const ours = createTRPCOptionsProxy<AppRouter>({ client: createChatClient(options), queryClient });
  const query = trpc.chat.find.queryOptions({ participants: ["bob"] });
  const mutation = ours.chat.createOrGet.mutationOptions({ onSuccess: ({ chat, created }) => console.log(chat.id, created) });
  console.log(typeof mutation.mutationFn);
  try {
    const found = await queryClient.fetchQuery(query);
    const id: string | undefined = found?.id;
    console.log(id);
  } catch (error) {
    console.log(isChatError(error));
  }
`;

/** That of tRPC for TanStack Query takes exactly the versions of its own release. */
describe.each(triedVersions("@trpc/tanstack-react-query"))(
  "beside @trpc/tanstack-react-query %s and its tRPC",
  (version) => {
    it("compiles and runs as one with the application's own tRPC", async () => {
      await using project = await packedProject(packageFolder, {
        "@trpc/client": version,
        "@trpc/server": version,
        "@trpc/tanstack-react-query": version,
        "@tanstack/react-query": "^5.80.3",
        "@types/react": "^19.0.0",
        react: "^19.0.0",
        typescript: "5.9.3",
      });
      const compilerOptions = {
        module: "ESNext",
        moduleResolution: "bundler",
        target: "ES2022",
        lib: ["ES2023", "DOM"],
        types: [],
        strict: true,
        skipLibCheck: true,
        outDir: "out",
      };
      const compiled = await project.tool("tsc", ["-p", "."], {
        "tsconfig.json": JSON.stringify({ compilerOptions, files: ["app.ts"] }),
        "app.ts": source,
      });
      expect(compiled).toEqual({ status: 0, output: "" });
      expect(await project.run('import "./out/app.js"')).toEqual({ status: 0, output: "function\ntrue\n" });
    });
  },
);
