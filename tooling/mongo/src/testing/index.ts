export { crashableMongo, crashableMongoMissing } from "./crashable-mongo.ts";
export { databaseName, type TestMongo, testMongo } from "./test-mongo.ts";
