const NEEDS_NO_QUOTES = /^[\w@%+=:,./-]+$/;

/** What does not come through a terminal as it is: it is shown escaped, or several spaces as one. */
const DOES_NOT_SHOW = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]| {2}/u;

/**
 * A command line as it can be pasted into a POSIX shell: each word arrives as it is, whatever is in it.
 *
 * One thing is beyond it: a line break at the very end of a word that also holds nothing visible after it is lost.
 */
export function showCommand(command: string, args: readonly string[]): string {
  return [command, ...args].map(quote).join(" ");
}

function quote(word: string): string {
  if (NEEDS_NO_QUOTES.test(word)) return word;
  if (DOES_NOT_SHOW.test(word)) return `"$(printf %b '${[...Buffer.from(word)].map(visible).join("")}')"`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A byte as `printf %b` takes it. @see POSIX.1-2017, printf, `%b`: `\0ddd` */
function visible(byte: number): string {
  const character = String.fromCharCode(byte);
  return NEEDS_NO_QUOTES.test(character) ? character : `\\0${byte.toString(8).padStart(3, "0")}`;
}
