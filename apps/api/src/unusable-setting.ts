/** A variable whose value looked right and turned out not to be; the message begins with its name. */
export class UnusableSetting extends Error {
  override readonly name = "UnusableSetting";
}
