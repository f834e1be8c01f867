#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import type { main } from "./callsheet.ts";

/** Name of the program's file beside this one: `build.mjs` puts it here. */
declare const PROGRAM: string;

/** All that `callsheet.ts` leads to, as `build.mjs` makes it: one function, to which is given what CommonJS asks for. */
type Program = (require: NodeJS.Require, file: string, folder: string, module: { exports: unknown }) => void;

/**
 * The program, with what V8 compiled of it when it was built: to do that again is a third of what most commands take. A Node
 * that it was not built with does it again all the same.
 */
function openProgram(file: string): { readonly main: typeof main } {
  const script = new Script(readFileSync(file, "latin1"), {
    filename: "callsheet/program.js", // wherever it lies, it is called as it was when it was compiled
    cachedData: readFileSync(`${file}.compiled`),
  });
  const module = { exports: {} };
  (script.runInThisContext() as Program)(createRequire(file), file, dirname(file), module);
  return module.exports as { readonly main: typeof main };
}

await openProgram(fileURLToPath(new URL(PROGRAM, import.meta.url))).main();
