import { join } from "node:path";
import { expect, test } from "vitest";
import { Connection } from "../../src/ledger/connection.ts";
import { inWords, isBusy } from "../../src/ledger/failure.ts";
import { type FileKind, LEDGER_FILE } from "../../src/ledger/migrations.ts";
import { buildFile, checkFile } from "../../src/ledger/store-file-check.ts";
import { tempFolder } from "./workbench.ts";

const NEXT: FileKind = {
  ...LEDGER_FILE,
  tables: [...LEDGER_FILE.tables, "note"],
  migrations: [
    ...LEDGER_FILE.migrations,
    (schema) =>
      `CREATE TABLE ${schema}.note (text TEXT) STRICT; INSERT INTO ${schema}.note SELECT name FROM ${schema}.batch`,
  ],
};

test("an older ledger is brought forward once, with all that is in it", async ({ onTestFinished }) => {
  const path = join(await tempFolder(onTestFinished), "ledger.db");
  const old = new Connection(path, 100);
  buildFile(old, LEDGER_FILE);
  old.run("INSERT INTO batch (name, events, last) VALUES ('keeper', 0, 0)");
  old.close();

  for (const attempt of ["first", "second"]) {
    const sql = new Connection(path, 100);
    checkFile(sql, NEXT, path);
    expect(sql.all("SELECT count(*) AS notes FROM note"), attempt).toEqual([{ notes: 1 }]);
    expect(sql.pragma("user_version")).toBe(2);
    sql.close();
  }
  const before = new Connection(path, 100);
  expect(() => checkFile(before, LEDGER_FILE, path)).toThrow(/has version 2, this callsheet knows versions up to 1/);
  before.close();
});

test("a migration that fails leaves the file at the version it had", async ({ onTestFinished }) => {
  const path = join(await tempFolder(onTestFinished), "ledger.db");
  const sql = new Connection(path, 100);
  buildFile(sql, LEDGER_FILE);
  const broken = { ...NEXT, migrations: [...NEXT.migrations, () => "INSERT INTO nowhere VALUES (1)"] };
  expect(() => checkFile(sql, broken, path)).toThrow(/nowhere/);
  expect(sql.pragma("user_version")).toBe(1);
  expect(sql.all("SELECT 1 FROM sqlite_master WHERE name = 'note'")).toEqual([]);
  checkFile(sql, LEDGER_FILE, path);
  sql.close();
});

test("a lock that nobody gives back is put into words", async ({ onTestFinished }) => {
  const path = join(await tempFolder(onTestFinished), "ledger.db");
  const [holder, other] = [new Connection(path, 1), new Connection(path, 1)];
  onTestFinished(() => {
    holder.close();
    other.close();
  });
  holder.exec("BEGIN EXCLUSIVE");
  const refused = refusal(() => other.exec("BEGIN IMMEDIATE"));
  expect(isBusy(refused)).toBe(true);
  expect(inWords(refused, "writing", { path, accountPath: "account.db" }, "")).toMatchObject({
    name: "LedgerWriteError",
    reason: "busy",
    message: `${path} (with account.db) is kept locked by another process`,
    fix: expect.stringMatching(/run the same command again/),
  });
});

test("an error that is none of the store's stays as it is", () => {
  const bug = new TypeError("undefined is not a function");
  expect(inWords(bug, "reading", { path: "ledger.db", accountPath: "account.db" }, "")).toBe(bug);
});

function refusal(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was refused");
}
