import type { Manifest } from "../manifest/manifest.ts";
import { CAPABILITIES } from "../media/tools/capabilities.ts";
import type { ToolSearch } from "../media/tools/tools.ts";
import { filmsToJoin, type Step } from "../plan/step.ts";
import type { Problem } from "../shot/problem.ts";
import { problem } from "./exit.ts";
import { filmObstacles } from "./film-obstacles.ts";
import type { Session } from "./session.ts";

/** What this machine lacks for these steps, in the words in which a run refuses; empty: nothing. */
export function machineObstacles(
  steps: readonly Step[],
  manifest: Manifest,
  { tools, media }: Pick<Session, "tools" | "media">,
): readonly Problem[] {
  if (steps.length === 0) return [];
  if (!media || !tools) return [toolsMissing(tools)];
  const lacking = tools.missing(CAPABILITIES.required);
  if (lacking.length > 0) return [capabilitiesMissing(tools, lacking)];
  return filmObstacles(filmsToJoin(steps), manifest, { tools, media });
}

/** What was looked for, where, and how to get it. */
export function toolsMissing(tools: Session["tools"]): Problem {
  const tried = (tools?.tried ?? []).map(
    ({ program, source, path, failure }) =>
      `${program} by ${source}${path && path !== program ? ` (${path})` : ""}: ${failure ?? "found"}`,
  );
  return problem(
    "ffmpeg-missing",
    `ffmpeg and ffprobe are needed to check and join clips. Tried: ${tried.join("; ")}`,
    "Debian and Ubuntu: apt-get install -y ffmpeg. macOS: brew install ffmpeg. Or set FFMPEG_PATH and FFPROBE_PATH. Nothing was bought: 0 credits spent.",
  );
}

function capabilitiesMissing(search: ToolSearch, lacking: readonly string[]): Problem {
  const ffmpeg = search.tools?.ffmpeg;
  return problem(
    "ffmpeg-too-small",
    `ffmpeg ${ffmpeg?.version} (${ffmpeg?.path}) cannot do what films need: it has no ${lacking.join(", ")}`,
    "Install a full build, or point FFMPEG_PATH to one; callsheet doctor lists what was tried. Nothing was bought: 0 credits spent.",
  );
}
