import type { Place } from "../shot/place.ts";
import type { Span } from "./located.ts";

/** Turns offsets into a place that can be clicked and a length that can be underlined on that line. */
export type Spot = (span: Span) => { readonly place: Place; readonly length: number };

export function spotsOf(text: string, file: string): Spot {
  const lineStarts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lineStarts.push(at + 1);

  return ({ start, end }) => {
    const from = Math.min(Math.max(start, 0), text.length);
    const line = lastAtMost(lineStarts, from);
    const lineStart = lineStarts[line] ?? 0;
    const lineEnd = lineStarts[line + 1] ?? text.length + 1;
    const underlined = text.slice(from, Math.max(from, Math.min(end, lineEnd - 1))).trimEnd();
    return {
      place: { file, line: line + 1, column: from - lineStart + 1 },
      length: Math.max(1, underlined.length),
    };
  };
}

/** Position of the last of the ascending numbers that is at most the wanted one. */
function lastAtMost(ascending: readonly number[], wanted: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((ascending[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
