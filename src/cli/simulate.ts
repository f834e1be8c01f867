import { join } from "node:path";
import { EXIT, Refusal } from "./exit.ts";
import { toolsMissing } from "./run-batch.ts";
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
  const faults = flags.faults === undefined ? undefined : await readFaults(flags.faults, world.files);
  const tools = await findMediaTools(shell.environment, world, settings);
  if (!tools.tools) throw new Refusal(EXIT.usage, [toolsMissing(tools)]);
  const [{ openSimulator }, { npmFont }] = await Promise.all([
    import("../simulator/open-simulator.ts"),
    import("../world/npm-font.ts"),
  ]);
  const simulator = await openSimulator(
    {
      port: flags.port ?? 0,
      speed: settings.speed,
      faults,
      clips: flags.clips,
      tools: { ffmpeg: tools.tools.ffmpeg.path },
      font: npmFont(),
      cacheFolder: join(settings.output ?? join(shell.cwd, "output"), "simulated", "simulator", "clips"),
    },
    world,
  );
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

async function readFaults(path: string, files: { readText(path: string): Promise<string> }) {
  const { parseFaults } = await import("../simulator/faults.ts");
  const text = await files.readText(path);
  const parsed = parseFaults(text, path);
  if (!parsed.ok) throw new Refusal(EXIT.usage, parsed.problems, new Map([[path, text]]));
  return parsed.value;
}
