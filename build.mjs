// Builds dist/: the program in one file, what V8 compiled of it, and what starts it (`--help` must start in under 150 ms).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, resolve } from "node:path";
import { Script } from "node:vm";
import { build } from "esbuild";

const [, , role, file] = process.argv;
if (role === "--keep-compiled" && file) await keepCompiled(resolve(file));
else await buildAll();

async function buildAll() {
  // Built aside and swapped in: nobody finds a program that is half written.
  const aside = resolve(`dist.${process.pid}`);
  try {
    const program = await buildProgram(aside);
    await buildStart(aside, basename(program));
    const { status } = spawnSync(process.execPath, [import.meta.filename, "--keep-compiled", program], {
      stdio: ["ignore", "ignore", "inherit"], // it tells a plan of the demo, which nobody asked for
      // Whatever else is on this machine, or in somebody's `.env`.
      cwd: aside,
      env: { PATH: process.env.PATH, HOME: aside, CALLSHEET_OUTPUT: `${aside}/output` },
    });
    if (status !== 0) throw new Error("what was built does not run");
    await swapIn(aside);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

async function swapIn(aside) {
  for (let isIn = false; !isIn; ) {
    await rm("dist", { recursive: true, force: true });
    isIn = await rename(aside, "dist").then(
      () => true,
      (error) => {
        // Another build was swapped in between: ours is as new, and takes its place.
        if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
        return false;
      },
    );
  }
}

function optionsFor(outdir) {
  return { bundle: true, platform: "node", target: "node20", sourcemap: true, legalComments: "none", outdir };
}

async function buildStart(folder, program) {
  await build({
    ...optionsFor(folder),
    entryPoints: { callsheet: "src/cli/start.ts" },
    format: "esm",
    define: { PROGRAM: JSON.stringify(program) },
    outExtension: { ".js": ".mjs" },
  });
  await chmod(`${folder}/callsheet.mjs`, 0o755);
}

/** @returns its file, named after what is in it: V8 looks at no more than the length of a text, and would take what it compiled of another */
async function buildProgram(folder) {
  const { outputFiles } = await build({
    ...optionsFor(folder),
    entryPoints: { program: "src/cli/callsheet.ts" },
    format: "cjs",
    write: false,
    // Native or file-bearing packages stay where npm put them; the rest is bundled so that starting is quick.
    external: ["libsql", "pino", "@ffmpeg-installer/*", "@ffprobe-installer/*", "@fontsource/*"],
    supported: { "dynamic-import": false }, // what is loaded late is in the same file
    // One expression for a function, to which whoever starts it gives what CommonJS asks for.
    banner: { js: "(function(require,__filename,__dirname,module){'use strict';const exports=module.exports;" },
    footer: { js: "})" },
    define: { "import.meta.url": "__filename" },
  });
  await mkdir(folder, { recursive: true });
  let program = "";
  for (const { path, text } of outputFiles) {
    // esbuild leaves patterns as they are. What is plain ASCII takes V8 half the memory, and no time to decode.
    const ascii = [...text].map((letter) => (letter < "\x80" ? letter : escaped(letter))).join("");
    const hash = createHash("sha256").update(ascii).digest("hex").slice(0, 16);
    const file = path.endsWith(".map") ? path : path.replace(/\.js$/, `-${hash}.js`);
    await writeFile(file, ascii);
    if (file !== path) program = file;
  }
  return program;
}

function escaped(letter) {
  const units = Array.from({ length: letter.length }, (_, index) => letter.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** Plans the demo, and keeps beside the program what V8 compiled for that: most of what every command needs. */
async function keepCompiled(program) {
  const script = new Script(await readFile(program, "latin1"), { filename: "callsheet/program.js" });
  const module = { exports: {} };
  script.runInThisContext()(createRequire(program), program, dirname(program), module);
  const demo = resolve(import.meta.dirname, "manifests/demo.yaml");
  process.argv.splice(2, Number.POSITIVE_INFINITY, "plan", demo, "--simulate");
  await module.exports.main();
  await writeFile(`${program}.compiled`, script.createCachedData());
}
