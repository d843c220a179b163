/** The database has stopped to answer in the middle of a run, and not because it was told to. */
export class DatabaseGone extends Error {
  override readonly name = "DatabaseGone";
}
