import { findLocated, type Located, type Path } from "./located.ts";
import { quoted } from "./wording.ts";

/** What a path belongs to, by name: `shot "lamp"`, `"budget"`; undefined for the file itself. */
export function subjectOf(path: Path, root: Located): string | undefined {
  const [first, position, ...rest] = path;
  if (first === undefined) return undefined;
  if (first === "shots" && typeof position === "number") return inside(rest, named("shot", [first, position], root));
  if (first === "sequences" && typeof position === "number") {
    return inside(rest, named("sequence", [first, position], root));
  }
  return inside(path, undefined);
}

function named(noun: string, path: Path, root: Located): string {
  const found = findLocated(root, [...path, "id"]);
  const { node, whole } = found;
  const isNamed = whole && node.kind === "scalar" && typeof node.value === "string";
  return isNamed ? `${noun} ${quoted(node.value)}` : `${noun} ${Number(path.at(-1)) + 1}`;
}

/** `clip 2 of sequence "film"`, `"music" of sequence "film"`. */
function inside(path: Path, owner: string | undefined): string | undefined {
  let subject = owner;
  for (let index = 0; index < path.length; index++) {
    const step = path[index];
    const next = path[index + 1];
    const of = subject === undefined ? "" : ` of ${subject}`;
    if (step === "shots" && owner?.startsWith("sequence") && typeof next === "number") {
      subject = `clip ${next + 1}${of}`;
      index++;
    } else if (typeof step === "number") subject = `item ${step + 1}${of}`;
    else subject = `${quoted(String(step))}${of}`;
  }
  return subject;
}
