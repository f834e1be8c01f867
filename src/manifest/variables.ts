import type { Path } from "./located.ts";
import { nearest } from "./nearest.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { quoted } from "./wording.ts";

/** The vendor names no limit; other clients stop at 1000 or 5000. More than this was not written for a film. */
export const MOST_CHARACTERS = 20_000;

/** Puts variables' values in place of `${name}`; `$${` stands for the characters `${` themselves. */
export interface Variables {
  /** @param more - names that stand for something at this place alone; they win */
  fill(text: string, at: Path, more?: Readonly<Record<string, string>>): string;
  /** warns of variables that no text used; to be called when all texts were filled */
  warnOfUnused(): void;
}

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const REFERENCE = /\$\$\{|\$\{([^}\n]*)(\}?)/g;
const BY_HAND = "To write the characters ${ themselves, write $${.";

export function readVariables(sheet: Sheet<ManifestText>): Variables {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(sheet.draft.variables ?? {})) {
    const at = ["variables", name];
    if (!PLAIN_NAME.test(name)) {
      const message = `the variable's name ${quoted(name)} is not plain: letters, digits and _, no digit first`;
      sheet.problem({ rule: "variable-name", at, message, fix: "Give it another name.", mark: "key" });
    }
    if (typeof value === "string" && value.includes("${")) {
      const message = `the variable ${quoted(name)} holds \${; variables do not stand in variables`;
      sheet.problem({ rule: "variable-nested", at, message, fix: "Write the text out.", mark: { text: "${" } });
    }
    // As written, since the number 1.10 would come back as 1.1.
    if (value !== undefined) values.set(name, typeof value === "number" ? sheet.source(at) : value);
  }
  const combined = Object.keys(sheet.draft.matrix ?? {});
  const used = new Set<string>();

  const fill: Variables["fill"] = (text, at, more = {}) => {
    let added = 0;
    return text.replaceAll(REFERENCE, (whole: string, inner: string | undefined, close: string | undefined) => {
      if (inner === undefined) return "${";
      const mark = { text: whole };
      if (close === "" || !PLAIN_NAME.test(inner)) {
        const message = `${quoted(whole)} is no variable: between \${ and } stands one plain name`;
        sheet.problem({ rule: "variable-name", at, message, fix: BY_HAND, mark });
        return whole;
      }
      const isMore = Object.hasOwn(more, inner);
      if (!isMore) used.add(inner);
      const value = isMore ? more[inner] : values.get(inner);
      if (value !== undefined && added > MOST_CHARACTERS) return whole; // too long already, as `readWords` will say
      added += value?.length ?? 0;
      if (value !== undefined) return value;
      const isFollowUp = sheet.judged(["variables", inner]) || sheet.judged(["matrix", inner]);
      if (!isFollowUp && !combined.includes(inner)) {
        const meant = nearest(inner, values.keys());
        const fix = meant === undefined ? `Add \`variables: { ${inner}: … }\`. ${BY_HAND}` : `Write \${${meant}}.`;
        sheet.problem({ rule: "variable-unknown", at, message: `no variable is named ${quoted(inner)}`, fix, mark });
      }
      return whole;
    });
  };

  const warnOfUnused = (): void => {
    for (const name of values.keys()) {
      if (used.has(name)) continue;
      const message = `the variable ${quoted(name)} is used nowhere`;
      const fix = `Write \${${name}} where it belongs, or take it out.`;
      sheet.warning({ rule: "variable-unused", at: ["variables", name], message, fix, mark: "key" });
    }
  };
  return { fill, warnOfUnused };
}
