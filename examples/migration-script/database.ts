import { MongoClient } from "mongodb";

const { MONGODB_URI = "mongodb://127.0.0.1:27017", MONGODB_DB = "migration-script" } = process.env;

export const client = new MongoClient(MONGODB_URI);
export const db = client.db(MONGODB_DB);
