const NEEDS_NO_QUOTES = /^[\w@%+=:,./-]+$/;

/** A command line as it can be pasted into a POSIX shell. */
export function showCommand(command: string, args: readonly string[]): string {
  return [command, ...args].map(quote).join(" ");
}

function quote(word: string): string {
  return NEEDS_NO_QUOTES.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
