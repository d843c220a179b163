export { databaseName, type TestMongo, testMongo } from "./test-mongo.ts";
