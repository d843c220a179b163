/** The file is no history, or is damaged; the message names the file and the line. */
export class UnreadableHistory extends Error {
  override readonly name = "UnreadableHistory";
}
