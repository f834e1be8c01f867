/** Breaks a text into lines of at most `columns` characters and at most `rows` of them; what is too much becomes an ellipsis. */
export function wrap(text: string, columns: number, rows: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word.slice(0, columns));
  }
  return lines.length <= rows ? lines.join("\n") : [...lines.slice(0, rows - 1), `${lines[rows - 1]}…`].join("\n");
}
