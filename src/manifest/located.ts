/** Offsets into a text, in UTF-16 code units: the first and one past the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** From the root of a file to a value: keys of maps, positions in lists. */
export type Path = readonly (string | number)[];

/** A YAML value that knows where it stands. An alias is the very value its anchor names, so it stands where that does. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

export interface LocatedScalar {
  readonly kind: "scalar";
  readonly span: Span;
  readonly value: unknown;
}

interface LocatedList {
  readonly kind: "list";
  readonly span: Span;
  readonly items: readonly Located[];
}

interface LocatedMap {
  readonly kind: "map";
  readonly span: Span;
  readonly entries: ReadonlyMap<string, LocatedEntry>;
}

export interface LocatedEntry {
  readonly key: Span;
  readonly value: Located;
}

/** A place on the way to a value: the value, or the deepest one on the way that is there. */
export interface Found {
  readonly node: Located;
  /** of the key in front of the node, when it has one */
  readonly key: Span | undefined;
  /** false when the path goes on where the file does not */
  readonly whole: boolean;
}

export function findLocated(root: Located, path: Path): Found {
  let found: Found = { node: root, key: undefined, whole: true };
  for (const step of path) {
    const next = stepInto(found.node, step);
    if (!next) return { ...found, whole: false };
    found = { ...next, whole: true };
  }
  return found;
}

function stepInto(node: Located, step: string | number): Pick<Found, "node" | "key"> | undefined {
  if (node.kind === "list" && typeof step === "number") {
    const item = node.items[step];
    return item && { node: item, key: undefined };
  }
  if (node.kind === "map") {
    const entry = node.entries.get(String(step));
    return entry && { node: entry.value, key: entry.key };
  }
  return undefined;
}

/**
 * The plain value of a tree. Keys that begin with `x-` are people's own and left out. Objects have no prototype,
 * so a key such as `__proto__` is a key like any other.
 *
 * @param leaveOut - paths, as `pathKey` writes them, of values that were already found wrong: a map loses the key, a
 *   list keeps the position and holds undefined there
 */
export function plainValue(node: Located, leaveOut: ReadonlySet<string> = new Set(), path: Path = []): unknown {
  if (leaveOut.has(pathKey(path))) return undefined;
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map((item, index) => plainValue(item, leaveOut, [...path, index]));
    case "map": {
      const plain: Record<string, unknown> = Object.create(null);
      for (const [key, entry] of node.entries) {
        if (key.startsWith("x-") || leaveOut.has(pathKey([...path, key]))) continue;
        plain[key] = plainValue(entry.value, leaveOut, [...path, key]);
      }
      return plain;
    }
  }
}

/** A path as one text, different for different paths. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}
