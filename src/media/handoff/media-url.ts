/**
 * A file's name as a relative URL. Everything that is not a letter, digit or one of `-_.!~*'()` is escaped, so that a
 * question mark or a number sign in a name starts no query.
 *
 * @param file - with `/` between its folders
 */
export function mediaUrl(file: string): string {
  return file.split("/").map(encodeURIComponent).join("/");
}
