/** A sound file that an author brought cannot be heard; `message` says why in words for a person. */
export class NotASound extends Error {
  override readonly name = "NotASound";
  constructor(
    message: string,
    readonly path: string,
  ) {
    super(`${path} cannot be heard: ${message}`);
  }
}
