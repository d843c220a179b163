import type { MongoEnv } from "../mongo-env.ts";
import { type Provider, replicaSetCapabilities, uncrashable } from "../mongo-server.ts";
import { wholeMessage } from "../whole-message.ts";

/** A one-node replica set in a container. Its library is only loaded when this provider is tried. */
export function testcontainersProvider(env: MongoEnv): Provider {
  return {
    name: "testcontainers",
    async unavailable() {
      try {
        const { getContainerRuntimeClient } = await import("testcontainers");
        await getContainerRuntimeClient();
        return null;
      } catch (error) {
        return `no container runtime answers (${wholeMessage(error)})`;
      }
    },
    async open({ onNotice }) {
      const { MongoDBContainer } = await import("@testcontainers/mongodb");
      onNotice(`starting a container of ${env.MONGO_IMAGE}`);
      const container = await new MongoDBContainer(env.MONGO_IMAGE).start();
      return {
        // The set advertises the container's own host name, which only the container can resolve.
        uri: `${container.getConnectionString()}/?directConnection=true`,
        provider: "testcontainers",
        capabilities: replicaSetCapabilities,
        description: `${env.MONGO_IMAGE} in a container`,
        ...uncrashable("testcontainers"),
        [Symbol.asyncDispose]: async () => void (await container.stop()),
      };
    },
  };
}
