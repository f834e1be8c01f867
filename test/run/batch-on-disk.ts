import { cpus } from "node:os";
import { join } from "node:path";
import { foldEvents } from "../../src/ledger/batch-state.ts";
import { openLedger } from "../../src/ledger/open-ledger.ts";
import { readManifest } from "../../src/manifest/read-manifest.ts";
import { openMedia } from "../../src/media/open-media.ts";
import { findTools } from "../../src/media/tools/tools.ts";
import { planRun } from "../../src/plan/plan-run.ts";
import { readShelf } from "../../src/plan/shelf.ts";
import { NO_WISH } from "../../src/plan/view.ts";
import { openProvider } from "../../src/provider/open-provider.ts";
import { VEO_PRICES } from "../../src/provider/price-table.ts";
import { carryOut, type Outcome } from "../../src/run/carry-out.ts";
import { openProcesses } from "../../src/world/execa-processes.ts";
import type { Files } from "../../src/world/files.ts";
import { openRender } from "../../src/world/fluent-render.ts";
import { openFiles } from "../../src/world/node-files.ts";
import { npmBinaries } from "../../src/world/npm-binaries.ts";
import { npmFonts } from "../../src/world/npm-font.ts";
import { isProcessAlive, processIdentity } from "../../src/world/process-identity.ts";
import { openChance } from "../../src/world/system-chance.ts";
import { openClock } from "../../src/world/system-clock.ts";
import { openHttp } from "../../src/world/undici-http.ts";
import { KEY, type Studio } from "../cli/studio.ts";
import { KNOWN_TOOLS } from "../known-tools.ts";

/** The run loop itself on a real ledger, vendor and ffmpeg, with files that may fail. */
export async function runOn(files: Files, folder: string, studio: Studio, speed: number): Promise<Outcome> {
  const clock = openClock(speed);
  const http = openHttp(clock);
  const processes = openProcesses(openClock(1));
  const world = { clock, chance: openChance(), files, http, processes, render: openRender() };
  const account = { path: join(folder, "output/ledger.db"), accountPath: join(folder, "state/account.db") };
  const owner = { identity: processIdentity(), isAlive: isProcessAlive, create: true };
  const ledger = await openLedger({ ...account, ...owner }, world);
  try {
    const known = { npm: npmBinaries(), cacheFile: KNOWN_TOOLS };
    const { tools } = await findTools(process.env, { ...world, files: openFiles() }, known);
    const read = await readManifest(join(studio.folder, "film.yaml"), world, { cwd: studio.folder });
    if (!tools || !read.ok) throw new Error("no ffmpeg, or a manifest with problems");
    const manifest = read.value;
    await ledger.hold(manifest.name);
    const batchFolder = join(folder, "output", manifest.name);
    const state = foldEvents(await ledger.load(manifest.name));
    const shelf = await readShelf(files, batchFolder, state);
    const view = { manifest, state, shelf, prices: VEO_PRICES, wish: NO_WISH };
    const never = new AbortController().signal;
    return await carryOut(
      planRun(view, clock.now()),
      {
        ...{ world, ledger, manifest, batchFolder, prices: VEO_PRICES, wish: NO_WISH, run: `${performance.now()}` },
        provider: openProvider({ apiUrl: studio.vendor.origin, uploadUrl: studio.vendor.origin, key: KEY }, world),
        media: openMedia(tools, world, npmFonts()),
        ...{ caps: { run: undefined, day: undefined }, allowLoopback: true, watch: () => undefined },
        ...{ drain: never, leave: never },
      },
      { cores: cpus().length },
    );
  } finally {
    await ledger.close();
    await http.close();
  }
}
