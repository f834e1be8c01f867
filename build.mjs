// Builds dist/: the program in one file, what V8 compiled of it, and what starts it (`--help` must start in under 150 ms).
import { spawnSync } from "node:child_process";
import { chmod, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { Script } from "node:vm";
import { build } from "esbuild";

const [, , role, file] = process.argv;
if (role === "--keep-compiled" && file) await keepCompiled(resolve(file));
else await buildAll();

async function buildAll() {
  // Built aside and swapped in: who starts meanwhile finds all of the old files, or all of the new ones.
  const aside = `dist.${process.pid}`;
  await buildStart(aside);
  await buildProgram(aside);
  const { status } = spawnSync(process.execPath, [import.meta.filename, "--keep-compiled", `${aside}/program.js`], {
    stdio: ["ignore", "ignore", "inherit"], // it tells a plan of the demo, which nobody asked for
    env: { PATH: process.env.PATH, HOME: aside, CALLSHEET_OUTPUT: `${aside}/output` }, // whatever else is on this machine
  });
  if (status !== 0) throw new Error("what was built does not run");
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

async function buildStart(folder) {
  await build({
    ...optionsFor(folder),
    entryPoints: { callsheet: "src/cli/start.ts" },
    format: "esm",
    outExtension: { ".js": ".mjs" },
  });
  await chmod(`${folder}/callsheet.mjs`, 0o755);
}

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
    banner: { js: "(function(require,__filename,__dirname,module){const exports=module.exports;" },
    footer: { js: "})" },
    define: { "import.meta.url": "__filename" },
  });
  for (const { path, text } of outputFiles) {
    // esbuild leaves patterns as they are. What is plain ASCII takes V8 half the memory, and no time to decode.
    const ascii = [...text].map((letter) => (letter < "\x80" ? letter : escaped(letter))).join("");
    await writeFile(path, ascii);
  }
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
  process.argv.splice(2, Number.POSITIVE_INFINITY, "plan", "manifests/demo.yaml", "--simulate");
  await module.exports.main();
  await writeFile(`${program}.compiled`, script.createCachedData());
}
