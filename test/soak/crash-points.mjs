// Given to the program under test with --import: counts the moments at which a crash is most awkward, and ends the
// process with SIGKILL at the one that CRASH_AT names. What was passed, or where it died, stands in the file CRASH_TOLD.
import { subscribe } from "node:diagnostics_channel";
import fs from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";

const at = Number(process.env.CRASH_AT ?? 0);
const told = process.env.CRASH_TOLD;
const { writeFileSync } = fs;
let count = 0;

function point(label) {
  count += 1;
  if (count !== at) return;
  if (told) writeFileSync(told, `${count} ${label}`);
  process.kill(process.pid, "SIGKILL");
}

process.on("exit", () => {
  if (told) writeFileSync(told, `${count} end`);
});

// Ledger and account: before a transaction is durable, and after.
const Database = createRequire(import.meta.url)("libsql");
const { exec } = Database.prototype;
Database.prototype.exec = function (sql) {
  if (sql !== "COMMIT") return exec.call(this, sql);
  point("before a commit");
  const result = exec.call(this, sql);
  point("after a commit");
  return result;
};

// Requests: the channels are those of the whole process, so undici's copy in the bundle tells of itself too.
const moments = {
  "undici:request:create": "before",
  "undici:request:bodySent": "sent",
  "undici:request:headers": "first bytes of the answer to",
  "undici:request:trailers": "whole answer, not handled yet, to",
};
for (const [channel, moment] of Object.entries(moments)) {
  subscribe(channel, ({ request }) => point(`${moment} ${request.method} ${request.path.split("?")[0]}`));
}

// Files: everything that gets its final name, and everything that is made durable before.
const around = (what, work) =>
  async function (...args) {
    point(`before ${what(...args)}`);
    const result = await work.apply(this, args);
    point(`after ${what(...args)}`);
    return result;
  };
fs.promises.rename = around((_, to) => `naming ${basename(String(to))}`, fs.promises.rename);
const { linkSync } = fs;
fs.linkSync = (from, to) => {
  point(`before linking ${basename(to)}`);
  linkSync(from, to);
  point(`after linking ${basename(to)}`);
};
syncBuiltinESMExports();
const handle = await fs.promises.open(new URL(import.meta.url), "r");
const FileHandle = Object.getPrototypeOf(handle);
await handle.close();
FileHandle.sync = around(() => "a file's sync", FileHandle.sync);
