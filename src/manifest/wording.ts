/** Longest value that a message quotes whole. */
const MOST_QUOTED = 60;

/** `720p, 1080p or 4k` */
export function oneOf(words: readonly unknown[]): string {
  return listed(words, "or");
}

/** `door, lamp and storm` */
export function allOf(words: readonly unknown[]): string {
  return listed(words, "and");
}

function listed(words: readonly unknown[], last: string): string {
  const texts = words.map(String);
  if (texts.length < 2) return texts.join("");
  return `${texts.slice(0, -1).join(", ")} ${last} ${texts.at(-1)}`;
}

/** A text in double quotes, control characters escaped, cut off when it is long. */
export function quoted(text: string): string {
  return JSON.stringify(shortened(text));
}

/** A value as a person would call it: `8k`, `the number 12`, `a list`. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "number":
    case "bigint":
      return `the number ${value}`;
    case "boolean":
      return `${value}`;
    default:
      return "a block of keys";
  }
}

/** A scalar bare, as it stands in a sentence: `asks for 8k`. */
export function bareValue(value: unknown): string {
  if (typeof value === "string") return /^[\w.:/+-]+$/.test(value) ? shortened(value) : quoted(value);
  return typeof value === "number" || typeof value === "boolean" ? `${value}` : shownValue(value);
}

function shortened(text: string): string {
  return text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text;
}
