import { expect, test } from "vitest";
import { findTaskIds } from "../../src/provider/find-task-ids.ts";

const HEX = "4c9a7d0e1f2b3c4d5e6f708192a3b4c5";
const UUID = "4c9a7d0e-1f2b-3c4d-5e6f-708192a3b4c5";
const VEO = "veo_task_abcdef123456";
const SHA256 = `${HEX}${HEX}`;

test.each<[string, string, readonly string[]]>([
  ["a list", `${HEX}\n${UUID}\n${VEO}\n`, [HEX, UUID, VEO]],
  [
    "a list of ids in a form nobody knows, with remarks",
    `# June\nabc-123-XYZ_9 # the harbour\r\n\r\n${HEX}\n`,
    ["abc-123-XYZ_9", HEX],
  ],
  ["a list with one twice", `${HEX}\n${HEX}\n`, [HEX]],
  ["prose", `The lost one is ${HEX}, and ${VEO}.\nNot ${SHA256}, a checksum, nor harbour or 2026-11-21.`, [HEX, VEO]],
  ["CSV with a column for them", `Time,Task ID,User\nnow,"opaque, id",${UUID}\nthen,${HEX},${UUID}\n`, [HEX]],
  ["CSV with semicolons and a byte order mark", `\uFEFFtaskId;cost\n${HEX};60\n`, [HEX]],
  ["CSV without a name for the column", `when,what\nnow,${HEX}\nthen,${UUID}\n`, [HEX, UUID]],
  ["one column of its own", `task_id\nopaque-1\nopaque-2\n`, ["opaque-1", "opaque-2"]],
  [
    "JSON by the field's name",
    JSON.stringify({ data: [{ taskId: "opaque-1", user: "someone" }, { task_id: HEX }] }),
    ["opaque-1", HEX],
  ],
  ["JSON by form anywhere", JSON.stringify({ note: `see ${HEX}`, sha256: SHA256 }), [HEX]],
  ["JSON lines", `{"taskId":"${HEX}"}\n{"taskId":"${UUID}"}\n`, [HEX, UUID]],
  ["nothing", "", []],
  ["a page that is none", "<html><body>Please log in</body></html>", []],
])("task ids are found in %s", (_, text, ids) => {
  expect(findTaskIds(text)).toEqual(ids);
});
