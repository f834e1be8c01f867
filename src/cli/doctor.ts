import { dirname, join } from "node:path";
import { LedgerError, LedgerWriteError } from "../ledger/ledger.ts";
import { shownPath } from "../manifest/source-text.ts";
import { encodingNeeds } from "../media/film/encode-film.ts";
import { CAPABILITIES } from "../media/tools/capabilities.ts";
import type { ToolSearch } from "../media/tools/tools.ts";
import { EAST_ASIAN_FONTS } from "../media/words/caption-font.ts";
import { showCredits } from "../report/credits.ts";
import { FILM_AUDIO, FILM_CODECS, type FilmEncoding } from "../shot/film-encoding.ts";
import type { Fonts } from "../world/fonts.ts";
import { npmFonts } from "../world/npm-font.ts";
import type { World } from "../world/world.ts";
import { EXIT, Refusal } from "./exit.ts";
import { findOutputFolder, type OutputFolder } from "./output-folder.ts";
import { findMediaTools, openBatchLedger, openVendor, openWorld } from "./session.ts";
import { requireSettings, type Settings, type SharedFlags } from "./settings.ts";
import type { Shell } from "./shell.ts";

/** One thing that was looked at. */
interface Finding {
  readonly subject: string;
  readonly isFine: boolean;
  readonly found: string;
  /** how to mend it; null where it works */
  readonly fix: string | null;
}

/** A run writes at least one clip; below this not even a short film fits. */
const LEAST_FREE_BYTES = 1024 ** 3;

/** Looks at everything a run will need, and says how to mend what does not work. Buys nothing. */
export async function doctor(flags: SharedFlags & { readonly json?: boolean }, shell: Shell): Promise<number> {
  const settings = requireSettings(shell, flags);
  const world = await openWorld(settings);
  const tools = await findMediaTools(shell.environment, world, settings);
  const findings = [
    lookAtNode(process.versions.node),
    ...lookAtTools(tools, npmFonts()),
    ...(await lookAtOutput(settings, world, shell)),
    await lookAtState(settings, world),
    await lookAtVendor(settings, world),
    lookAtWebhookKey(settings),
  ];
  await world.http.close();
  const isFine = findings.every((finding) => finding.isFine);
  if (flags.json) shell.terminal.result(JSON.stringify({ version: 1, isFine, findings }, null, 2));
  else for (const finding of findings) shell.terminal.result(lineOf(finding));
  return isFine ? EXIT.done : EXIT.short;
}

function lineOf({ subject, isFine, found, fix }: Finding): string {
  const line = `${isFine ? "ok  " : "no  "} ${subject.padEnd(14)} ${found}`;
  return fix === null ? line : `${line}\n${" ".repeat(20)}${fix}`;
}

function lookAtNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isFine = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  return {
    subject: "Node",
    isFine,
    found: version,
    fix: isFine ? null : "Install Node 20.19 or newer, or 22.12 or newer.",
  };
}

function lookAtTools(search: ToolSearch, fonts: Fonts): readonly Finding[] {
  const { tools } = search;
  if (!tools) {
    const found = search.tried
      .map(({ program, source, path, failure }) => {
        const where = path === undefined || path === program ? source : `${source} (${path})`;
        return `${program} by ${where}: ${failure ?? "works"}`;
      })
      .join("; ");
    const fix =
      "Debian and Ubuntu: apt-get install -y ffmpeg. macOS: brew install ffmpeg. Or set FFMPEG_PATH and FFPROBE_PATH.";
    return [{ subject: "ffmpeg", isFine: false, found, fix }];
  }
  const { ffmpeg, ffprobe } = tools;
  const lacking = search.missing(CAPABILITIES.required);
  const old =
    ffmpeg.source === "npm" ? "This build of 2018 came with npm; a newer ffmpeg on PATH is faster and safer." : null;
  return [
    {
      subject: "ffmpeg",
      isFine: lacking.length === 0,
      found: `${ffmpeg.version}, ${ffmpeg.path} (${ffmpeg.source})`,
      fix: lacking.length > 0 ? `It lacks ${lacking.join(", ")}: install a full build or set FFMPEG_PATH.` : old,
    },
    lookAtEncoders(search),
    lookAtCaptions(search, fonts),
    { subject: "ffprobe", isFine: true, found: `${ffprobe.version}, ${ffprobe.path} (${ffprobe.source})`, fix: null },
  ];
}

/** What `encode` of a film may ask for. Few films do: what is missing is no fault. */
function lookAtEncoders(search: ToolSearch): Finding {
  const has = (encoding: Pick<FilmEncoding, "codec" | "audio">) => search.missing(encodingNeeds(encoding)).length === 0;
  const codecs = FILM_CODECS.filter((codec) => has({ codec, audio: "aac" }));
  const sounds = FILM_AUDIO.filter((audio) => has({ codec: "h264", audio }));
  return { subject: "encode", isFine: true, found: `${codecs.join(", ")}; sound ${sounds.join(", ")}`, fix: null };
}

/** Captions that are drawn into a picture: few films ask for them, so what is missing is no fault. */
function lookAtCaptions(search: ToolSearch, fonts: Fonts): Finding {
  const subject = "burned text";
  if (search.missing(["filter:ass"]).length > 0) {
    return { subject, isFine: true, found: "this ffmpeg cannot draw captions: it has no filter:ass", fix: null };
  }
  const installed = EAST_ASIAN_FONTS.filter(({ package: name, file }) => fonts.find(`${name}/${file}`));
  const further = installed.map(({ package: name }) => name);
  const found = ["Latin, Greek, Cyrillic, Hebrew and Arabic letters", ...further].join(", ");
  return { subject, isFine: true, found, fix: null };
}

/** The folder for manifests of the working directory, and the ledger in it. */
async function lookAtOutput(settings: Settings, world: World, shell: Shell): Promise<readonly Finding[]> {
  const options = { named: settings.output, simulate: false, cwd: shell.cwd };
  try {
    const output = await findOutputFolder(join(shell.cwd, "manifest.yaml"), options, world.files);
    return [await lookAtFolder(output.path, world, shell), await lookAtLedger(output, settings, world, shell)];
  } catch (error) {
    const [wrong] = error instanceof Refusal ? error.problems : [];
    if (!wrong) throw error;
    return [{ subject: "output", isFine: false, found: wrong.message, fix: wrong.fix }];
  }
}

async function lookAtFolder(output: string, world: World, shell: Shell): Promise<Finding> {
  const shown = shownPath(output, shell.cwd);
  const failure = await tryToWrite(output, world);
  const freeBytes = await world.files.freeBytes(output);
  const free = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`;
  if (failure)
    return {
      subject: "output",
      isFine: false,
      found: `${shown}: ${failure}`,
      fix: "Give yourself the right to write there, or choose another folder with --output.",
    };
  const isFine = freeBytes > LEAST_FREE_BYTES;
  return {
    subject: "output",
    isFine,
    found: `${shown}, ${free}`,
    fix: isFine ? null : "Make room: a minute of 4K film needs about 1 GiB.",
  };
}

async function lookAtLedger(output: OutputFolder, settings: Settings, world: World, shell: Shell): Promise<Finding> {
  const subject = "ledger";
  const shown = shownPath(join(output.path, "ledger.db"), shell.cwd);
  try {
    const ledger = await openBatchLedger(output.path, settings, false, world);
    const { spentToday } = await ledger.account();
    await ledger.close();
    const found = output.isNew ? `${shown}, not begun yet` : `${shown}, ${showCredits(spentToday)} spent today`;
    return { subject, isFine: true, found, fix: null };
  } catch (error) {
    if (!(error instanceof LedgerError || error instanceof LedgerWriteError)) throw error;
    return { subject, isFine: false, found: error.message, fix: error.fix };
  }
}

async function lookAtState({ stateFolder }: Settings, world: World): Promise<Finding> {
  const failure = await tryToWrite(stateFolder, world);
  const fix = "The account's rate window is kept there: give yourself the right to write, or set XDG_STATE_HOME.";
  return {
    subject: "account folder",
    isFine: !failure,
    found: failure ? `${stateFolder}: ${failure}` : stateFolder,
    fix: failure ? fix : null,
  };
}

/** A folder that is not there yet is tried where it would be made: whoever only looks leaves nothing behind. */
async function tryToWrite(folder: string, world: World): Promise<string | undefined> {
  const { files, chance } = world;
  const found = await files.stat(folder);
  if (!found && dirname(folder) !== folder) return tryToWrite(dirname(folder), world);
  if (found && found.kind !== "folder") return `${folder} is a file, not a folder`;
  const probe = join(folder, `.callsheet-doctor-${chance.token().slice(0, 8)}`);
  try {
    await files.write(probe, "");
    await files.remove(probe);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function lookAtVendor(settings: Settings, world: World): Promise<Finding> {
  const subject = "vendor";
  if (settings.key === undefined) {
    const fix = "Set KIE_API_KEY to buy, or use --simulate. Plans and checks work without.";
    return { subject, isFine: false, found: `${settings.apiUrl}, no key`, fix };
  }
  const credit = await (await openVendor(settings, settings.key, world)).credit();
  if (credit.outcome === "given") {
    return {
      subject,
      isFine: true,
      found: `${settings.apiUrl} takes the key: ${showCredits(credit.value)} left`,
      fix: null,
    };
  }
  const isKey = credit.outcome === "deferred" && credit.cause === "key";
  const fix = isKey ? "Set KIE_API_KEY to a valid key." : "Check the network, KIE_API_URL and HTTPS_PROXY.";
  return { subject, isFine: false, found: `${settings.apiUrl}: ${credit.message}`, fix };
}

/** Most runs need none: that it is not set is no fault. */
function lookAtWebhookKey({ webhookKey }: Settings): Finding {
  const found =
    webhookKey === undefined ? "not set: run --callback-url takes unsigned callbacks" : "KIE_WEBHOOK_KEY is set";
  return { subject: "webhook key", isFine: true, found, fix: null };
}
