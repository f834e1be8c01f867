/** Numbers of the parts (from 1) and what is wrong: that ffmpeg ended well proves nothing. Nothing was published. */
export class FilmNotExact extends Error {
  override readonly name = "FilmNotExact";
  constructor(
    readonly faults: readonly string[],
    readonly film: string,
  ) {
    super(`the joined film is not what went into it: ${faults.join("; ")}`);
  }
}
