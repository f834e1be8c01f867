import type { TaskId } from "../shot/id.ts";
import { readTaskId } from "./task-id.ts";
import { isObject, readVendorJson } from "./vendor-json.ts";

/** Forms that ids are known to have. Not inside a longer word: a checksum is no id. @see kie.ai clients, idForm in docs/simulator.md */
const KNOWN_FORM =
  /(?<![\w-])(?:veo_task_[\w-]{4,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})(?![\w-])/gi;

/** What a column or field that holds task ids is called. */
const NAME_OF_IDS = /^(task|task[ _-]?id|job[ _-]?id)$/i;

/** A line of a list that holds nothing but an id; too short a word would be anything. */
const BARE_ID = /^[\w-]{8,200}$/;

/**
 * Whatever looks like a task id in a text: a list with one id a line (`#` begins a remark), an export as CSV, or JSON.
 * Ids are opaque, so a field or column that is named for them is believed; elsewhere only the known forms are.
 *
 * @returns each id once, in the order of the text. Some may be none: asking the vendor is the proof
 */
export function findTaskIds(text: string): readonly TaskId[] {
  const json = readVendorJson(text) ?? readJsonLines(text);
  const found = json === undefined ? inLines(text.replace(/^\uFEFF/, "")) : inValue(json, undefined);
  return [...new Set(found)];
}

function inValue(value: unknown, name: string | undefined): readonly TaskId[] {
  if (Array.isArray(value)) return value.flatMap((each) => inValue(each, name));
  if (isObject(value)) return Object.entries(value).flatMap(([key, each]) => inValue(each, key));
  if (typeof value !== "string") return [];
  return name !== undefined && NAME_OF_IDS.test(name) ? asId(value) : inProse(value);
}

/** One JSON value a line, as logs are kept; undefined when that is not what the text is. */
function readJsonLines(text: string): readonly unknown[] | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const values = lines.map(readVendorJson);
  return values.length > 0 && values.every((value) => isObject(value)) ? values : undefined;
}

function inLines(text: string): readonly TaskId[] {
  const [head = "", ...rest] = text.split(/\r?\n/);
  const separator = [",", ";", "\t"].find((each) => head.includes(each));
  const names = separator === undefined ? [head] : cells(head, separator);
  const column = names.findIndex((name) => NAME_OF_IDS.test(name));
  if (column >= 0) return rest.flatMap((line) => asId(cells(line, separator ?? ",")[column] ?? ""));
  return [head, ...rest].flatMap((line) => {
    const bare = line.replace(/#.*/, "").trim();
    return BARE_ID.test(bare) ? asId(bare) : inProse(line);
  });
}

/** The cells of a CSV line. A quoted cell may hold the separator; one that goes on over lines is not followed. */
function cells(line: string, separator: string): readonly string[] {
  const found: string[] = [];
  let cell = "";
  let quoted = false;
  for (const letter of line) {
    if (letter === '"') quoted = !quoted;
    else if (letter === separator && !quoted) {
      found.push(cell.trim());
      cell = "";
    } else cell += letter;
  }
  return [...found, cell.trim()];
}

function inProse(text: string): readonly TaskId[] {
  return [...text.matchAll(KNOWN_FORM)].flatMap(([id]) => asId(id));
}

function asId(text: string): readonly TaskId[] {
  const id = readTaskId({ taskId: text });
  return id === undefined ? [] : [id];
}
