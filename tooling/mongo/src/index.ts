export type { MongoCapabilities, MongoProvider, MongoServer } from "./mongo-server.ts";
export { openMongo, type OpenMongoOptions } from "./open-mongo.ts";
export { type ProcessFreezer, processFreezer } from "./providers/process-freezer.ts";
