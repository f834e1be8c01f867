/**
 * The key of a manifest that has one film of whole shots, whose sound is left as it came. Sound that is measured, made
 * louder, encoded and heard again costs more than all the rest of a run, and most tests are about something else.
 */
export function plainFilm(...shots: readonly string[]): string {
  return `sequences: [{ id: film, shots: [${shots.join(", ")}], loudness: off }]\n`;
}
