import { cpus, loadavg, release, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { findBuilds } from "../media/studio.ts";
import { exactness } from "./exactness.ts";
import { SIZES, type Size } from "./large-clips.ts";
import { loudness } from "./loudness.ts";
import { speed } from "./speed.ts";
import { printSection, type Section } from "./table.ts";
import { transitions } from "./transitions.ts";

/** What is measured, in order; each gives its sections one by one. */
const PARTS = { exactness, transitions, loudness, speed } as const;
type Part = keyof typeof PARTS;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(PARTS).join(",") },
    clips: { type: "string" },
    size: { type: "string", default: SIZES.join(",") },
    rounds: { type: "string", default: "5" },
  },
});
const parts = values.only.split(",").filter((name): name is Part => name in PARTS);
const sizes = values.size.split(",").filter((size): size is Size => (SIZES as readonly string[]).includes(size));
const counts = values.clips?.split(",").map(Number);
const rounds = Number(values.rounds);
if (parts.length === 0 || sizes.length === 0 || !(rounds > 0) || counts?.some((count) => !(count > 1))) {
  process.stderr.write(
    `--only ${Object.keys(PARTS).join("|")}, --size ${SIZES.join("|")}, --clips 2,10,300, --rounds 5\n`,
  );
  process.exit(2);
}
const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const memory = Math.round(totalmem() / 2 ** 30);
const [load = 0] = loadavg();
process.stdout.write(
  `${cpus().length} cores (${cpus()[0]?.model ?? "?"}), ${memory} GiB, Linux ${release()}, Node ${process.version}, load ${load.toFixed(1)} at the start\n\n`,
);
// Ended early, it still takes away what it put beside the clips.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
process.setMaxListeners(0); // one for each batch
const missed: string[] = [];
const tell = (section: Section) => {
  printSection(section);
  for (const { what, isMet } of section.demands) if (!isMet) missed.push(`${section.title}: ${what}`);
};
for (const part of parts) await PARTS[part]({ tools: build.tools, sizes, counts, rounds, tell });
process.stdout.write(missed.length === 0 ? "Every demand is met.\n" : `Not met:\n  ${missed.join("\n  ")}\n`);
process.exitCode = missed.length === 0 ? 0 : 1;
