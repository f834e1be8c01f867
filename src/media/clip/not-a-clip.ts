/** The file is no clip that can be used; `message` says why in words for a person. */
export class NotAClip extends Error {
  override readonly name = "NotAClip";
  constructor(
    message: string,
    readonly path: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
