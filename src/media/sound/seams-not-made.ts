/** ffmpeg gave other packets or samples than went in, so that nobody knows which is which; `message` says what. */
export class SeamsNotMade extends Error {
  override readonly name = "SeamsNotMade";
}
