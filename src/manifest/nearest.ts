/** The candidate that a person most likely meant, or undefined when none is near. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  const bare = bareForm(written);
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const other = bareForm(candidate);
    const tolerated = Math.max(1, Math.floor(Math.max(bare.length, other.length) / 3));
    if (Math.abs(bare.length - other.length) > tolerated) continue;
    const distance = editDistance(bare, other);
    // A text that shares nothing with the candidate is no slip of the finger, however short both are.
    if (distance > tolerated || distance >= Math.max(bare.length, other.length)) continue;
    if (!best || distance < best.distance) best = { candidate, distance };
  }
  return best?.candidate;
}

/** So that `aspectRatio` and `Aspect-Ratio` are as good as `aspect_ratio`. */
function bareForm(text: string): string {
  return text
    .slice(0, 80)
    .toLowerCase()
    .replaceAll(/[_\-\s]/g, "");
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
