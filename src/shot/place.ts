/** Where in a file something stands, for a message that an editor can jump to. */
export interface Place {
  /** as the person would type it: relative to the working directory where possible */
  readonly file: string;
  /** from 1 */
  readonly line: number;
  /** from 1, in UTF-16 code units */
  readonly column: number;
}

/** `file:line:column`, the form that terminals and editors make clickable. */
export function showPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}
