import { createHash } from "node:crypto";
import { join } from "node:path";
import type { HeldByAnother, Ledger } from "../ledger/ledger.ts";
import type { Media } from "../media/media.ts";
import type { MediaTools, ToolSearch } from "../media/tools/tools.ts";
import type { Provider } from "../provider/provider.ts";
import type { BatchName } from "../shot/id.ts";
import type { World } from "../world/world.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import type { OutputFolder } from "./output-folder.ts";
import type { Settings } from "./settings.ts";
import type { Environment } from "./shell.ts";

/** What a command works with, opened only as far as it needs. */
export interface Session {
  readonly world: World;
  readonly output: OutputFolder;
  readonly ledger: Ledger;
  /** names what is shared with other output folders of the same account: absolute path of its file */
  readonly account: string;
  /** undefined where the command asks nothing of the vendor, or no key is there */
  readonly provider: Provider | undefined;
  readonly media: Media | undefined;
  readonly tools: ToolSearch | undefined;
  readonly close: () => Promise<void>;
}

export interface SessionNeeds {
  /** the ledger is written to, so it is begun where there is none */
  readonly writes: boolean;
  readonly media: boolean;
  readonly provider: boolean;
}

/** What simulated batches are called in the account's file, whatever port the simulator has today. */
const SIMULATED_ACCOUNT = "simulated";

/** The simulator takes any key; no prompt holds this one. */
const SIMULATED_KEY = "simulated-vendor-takes-any-key";

/** Folder and hold of the simulated vendor below an output folder; no batch may be called so. */
const SIMULATOR = "simulator" as BatchName;

export async function openWorld(settings: Pick<Settings, "speed" | "proxy" | "noProxy">): Promise<World> {
  const [{ openClock }, { openChance }, { openFiles }, { openHttp }, { openProcesses }, { openRender }] =
    await Promise.all([
      import("../world/system-clock.ts"),
      import("../world/system-chance.ts"),
      import("../world/node-files.ts"),
      import("../world/undici-http.ts"),
      import("../world/execa-processes.ts"),
      import("../world/fluent-render.ts"),
    ]);
  const clock = openClock(settings.speed);
  return {
    clock,
    chance: openChance(),
    files: openFiles(),
    http: openHttp(clock, proxyOf(settings)),
    // ffmpeg is no faster for a faster vendor: its time-outs are the machine's own.
    processes: openProcesses(openClock(1)),
    render: openRender(),
  };
}

function proxyOf({ proxy, noProxy }: Pick<Settings, "proxy" | "noProxy">) {
  return { ...(proxy ? { proxy } : {}), ...(noProxy ? { noProxy } : {}) };
}

/** Opens what a command needs of one output folder; the ledger is shared by all batches below it. */
export async function openSession(
  output: OutputFolder,
  settings: Settings,
  environment: Environment,
  needs: SessionNeeds,
): Promise<Session> {
  const world = await openWorld(settings);
  const closers: (() => Promise<void>)[] = [() => world.http.close()];
  const close = async () => {
    for (const closeOne of closers.toReversed()) await closeOne();
  };
  try {
    const { tools, media } = needs.media ? await openMachine(environment, world, settings, needs) : NO_MACHINE;
    const ledger = await openBatchLedger(output.path, settings, needs.writes, world);
    closers.push(() => ledger.close());
    const simulator =
      settings.simulate && needs.provider && tools?.tools
        ? await openOwnSimulator(output.path, settings, tools.tools.ffmpeg.path, world, ledger)
        : undefined;
    if (simulator) closers.push(() => simulator.close());
    const provider = needs.provider ? await openProviderOf(settings, simulator?.origin, world) : undefined;
    return { world, output, ledger, account: accountPath(output.path, settings), provider, media, tools, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const NO_MACHINE = { tools: undefined, media: undefined };

/** What this machine makes films with: `media` is undefined where ffmpeg or ffprobe was not found. */
export async function openMachine(
  environment: Environment,
  world: World,
  settings: Pick<Settings, "stateFolder">,
  needs: Pick<SessionNeeds, "writes">,
): Promise<Pick<Session, "tools" | "media">> {
  const tools = await findMediaTools(environment, world, settings, needs);
  return { tools, media: tools.tools && (await openMediaWith(tools.tools, world)) };
}

async function openMediaWith(tools: MediaTools, world: World): Promise<Media> {
  const [{ openMedia }, { npmFonts }] = await Promise.all([
    import("../media/open-media.ts"),
    import("../world/npm-font.ts"),
  ]);
  return openMedia(tools, world, npmFonts());
}

export async function findMediaTools(
  environment: Environment,
  world: World,
  settings: Pick<Settings, "stateFolder">,
  { writes }: Pick<SessionNeeds, "writes"> = { writes: true },
): Promise<ToolSearch> {
  const [{ findTools }, { npmBinaries }] = await Promise.all([
    import("../media/tools/tools.ts"),
    import("../world/npm-binaries.ts"),
  ]);
  const cacheFile = join(settings.stateFolder, "ffmpeg.json");
  return findTools(environment, world, { npm: npmBinaries(), cacheFile, leavesNoTrace: !writes });
}

export async function openBatchLedger(
  output: string,
  settings: Settings,
  create: boolean,
  world: World,
): Promise<Ledger> {
  const [{ openLedger }, { isProcessAlive, processIdentity }] = await Promise.all([
    import("../ledger/open-ledger.ts"),
    import("../world/process-identity.ts"),
  ]);
  const identity = processIdentity();
  return openLedger(
    {
      path: join(output, "ledger.db"),
      accountPath: accountPath(output, settings),
      identity,
      isAlive: isProcessAlive,
      create,
    },
    world,
  );
}

/** One file per hash of API origin and key, so that the key itself is written nowhere. */
function accountPath(output: string, { simulate, apiUrl, key, stateFolder }: Settings): string {
  if (simulate) return join(output, `${SIMULATED_ACCOUNT}.db`);
  const account = createHash("sha256")
    .update(`${apiUrl}\n${key ?? ""}`)
    .digest("hex")
    .slice(0, 32);
  return join(stateFolder, `${account}.db`);
}

/** The vendor's endpoints at the addresses of the settings, with this key. */
export async function openVendor(
  { apiUrl, uploadUrl }: Pick<Settings, "apiUrl" | "uploadUrl">,
  key: string,
  world: World,
): Promise<Provider> {
  const { openProvider } = await import("../provider/open-provider.ts");
  return openProvider({ apiUrl, uploadUrl, key }, world);
}

/** The vendor wants the one that was given. Undefined: none was. */
async function openProviderOf(settings: Settings, simulated: string | undefined, world: World) {
  if (simulated) return openVendor({ apiUrl: simulated, uploadUrl: simulated }, SIMULATED_KEY, world);
  return settings.key === undefined ? undefined : openVendor(settings, settings.key, world);
}

/**
 * The simulated vendor of an output folder. It remembers its tasks and money in one journal, which bears one writer, so
 * it is held as a batch is; released with the ledger.
 *
 * @throws Refusal when another process simulates there, or the journal is none
 */
async function openOwnSimulator(output: string, settings: Settings, ffmpeg: string, world: World, ledger: Ledger) {
  const hold = await ledger.hold(SIMULATOR);
  if (hold.outcome === "busy") throw simulatorBusy(output, hold);
  const [{ openSimulator }, { BrokenJournal }, { npmFont }] = await Promise.all([
    import("../simulator/open-simulator.ts"),
    import("../simulator/journal.ts"),
    import("../world/npm-font.ts"),
  ]);
  const folder = join(output, SIMULATOR);
  try {
    return await openSimulator(
      {
        port: 0,
        speed: settings.speed,
        clips: "burned",
        tools: { ffmpeg },
        font: npmFont(),
        cacheFolder: join(folder, "clips"),
        journal: join(folder, "journal.jsonl"),
      },
      world,
    );
  } catch (error) {
    if (!(error instanceof BrokenJournal)) throw error;
    const fix = `Only play money is in it: remove ${output} and begin anew. Real takes lie elsewhere.`;
    throw new Refusal(EXIT.damaged, [problem("simulator-journal", error.message, fix)]);
  }
}

function simulatorBusy(output: string, { pid, host, since }: HeldByAnother): Refusal {
  const message = `the simulated vendor of ${output} is in use by process ${pid} on ${host} since ${new Date(since).toISOString()}`;
  const fix =
    "Name both manifests in one command, wait for the other run to end, or name another folder with --output.";
  return new Refusal(EXIT.busy, [problem("simulator-busy", message, fix)]);
}
