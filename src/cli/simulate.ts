import { join, resolve } from "node:path";
import { readSourceText } from "../manifest/source-text.ts";
import type { Files } from "../world/files.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import { toolsMissing } from "./machine-obstacles.ts";
import { findMediaTools, openWorld } from "./session.ts";
import { requireSettings, type SharedFlags } from "./settings.ts";
import type { Shell } from "./shell.ts";
import { listenForSignals } from "./signals.ts";

export interface SimulateFlags extends SharedFlags {
  readonly port?: number;
  readonly faults?: string;
  readonly clips: "burned" | "shared" | "tiny";
}

/** Serves the vendor's API on loopback until it is stopped. */
export async function simulate(flags: SimulateFlags, shell: Shell): Promise<number> {
  const settings = requireSettings(shell, { ...flags, simulate: true });
  const world = await openWorld(settings);
  const faults = flags.faults === undefined ? undefined : await readFaults(flags.faults, shell, world.files);
  const tools = await findMediaTools(shell.environment, world, settings);
  if (!tools.tools) throw new Refusal(EXIT.usage, [toolsMissing(tools)]);
  const [{ openSimulator }, { npmFont }] = await Promise.all([
    import("../simulator/open-simulator.ts"),
    import("../world/npm-font.ts"),
  ]);
  const options = {
    port: flags.port ?? 0,
    speed: settings.speed,
    faults,
    clips: flags.clips,
    tools: { ffmpeg: tools.tools.ffmpeg.path },
    font: npmFont(),
    cacheFolder: join(settings.output ?? join(shell.cwd, "output"), "simulated", "simulator", "clips"),
  };
  const simulator = await openSimulator(options, world).catch((error) => {
    throw isPortRefused(error) ? portRefused(options.port, error) : error;
  });
  const stopped = new Promise<void>((resolve) => {
    const signals = listenForSignals(resolve);
    signals.drain.addEventListener("abort", () => resolve());
  });
  shell.terminal.result(
    [
      `The vendor's API is simulated at ${simulator.origin}. In another terminal:`,
      `  export KIE_API_URL=${simulator.origin} KIE_API_KEY=any`,
      `  callsheet run manifests/demo.yaml${settings.speed === 1 ? "" : ` --speed ${settings.speed}`}`,
      `Calls, charges and the balance: ${simulator.origin}/simulator/purchases. Ctrl-C ends it.`,
    ].join("\n"),
  );
  await stopped;
  await simulator.close();
  await world.http.close();
  return EXIT.done;
}

async function readFaults(path: string, { cwd }: Shell, files: Files) {
  const { parseFaults } = await import("../simulator/faults.ts");
  const source = await readSourceText(files, resolve(cwd, path));
  if (!source.ok) {
    const message = `the fault file ${source.message}`;
    const place = { file: path, line: source.line, column: 1 };
    throw new Refusal(EXIT.usage, [{ rule: source.rule, message, fix: source.fix, place }]);
  }
  const parsed = parseFaults(source.text, path);
  if (!parsed.ok) throw new Refusal(EXIT.usage, parsed.problems, new Map([[path, source.text]]));
  return parsed.value;
}

function isPortRefused(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES");
}

function portRefused(port: number, { code }: NodeJS.ErrnoException): Refusal {
  const why = code === "EADDRINUSE" ? "is in use by another program" : "may not be opened by this user";
  const fix = "Leave --port out to take any that is free, or name another one.";
  return new Refusal(EXIT.usage, [problem("port", `port ${port} ${why}`, fix)]);
}
