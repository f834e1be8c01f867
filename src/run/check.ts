import { applyEvent, findTake, type Take } from "../ledger/batch-state.ts";
import { checkClip } from "../media/clip/check-clip.ts";
import type { ClipFacts } from "../media/clip/clip-facts.ts";
import { NotAClip } from "../media/clip/not-a-clip.ts";
import { clipFile, isOnShelf, partFile } from "../plan/shelf.ts";
import type { CheckStep } from "../plan/step.ts";
import type { Sha256, ShotId } from "../shot/id.ts";
import type { AspectRatio } from "../shot/model.ts";
import type { SeamFigures } from "../shot/seam-figures.ts";
import type { TakeRequest } from "../shot/take.ts";
import { RenderError } from "../world/render.ts";
import { factsOf } from "./clip-facts-cache.ts";
import type { RunContext } from "./context.ts";
import type { Lanes } from "./lanes.ts";
import { provenanceOf } from "./provenance.ts";
import { about } from "./purchase-problem.ts";
import type { Recorder } from "./recorder.ts";
import { DONE, type StepResult } from "./step-result.ts";

/** Probes what was downloaded and gives it its final name. A file that is no clip is kept aside for a person to look at. */
export async function check(
  step: CheckStep,
  context: RunContext,
  tools: { readonly lanes: Lanes; readonly recorder: Recorder },
): Promise<StepResult> {
  return tools.lanes.probes.add(() => checkNow(step, context, tools.recorder));
}

async function checkNow(step: CheckStep, context: RunContext, recorder: Recorder): Promise<StepResult> {
  const { world, batchFolder } = context;
  const { shot, take: number, resolution } = step;
  const part = partFile(shot, number, resolution);
  const final = clipFile(shot, number, resolution);
  // A run killed right after the rename finds the file under its final name.
  const isThere = recorder.view().shelf.has(part);
  const path = `${batchFolder}/${isThere ? part : final}`;
  const sha256 = (await world.files.sha256(path)) as Sha256;

  const subject = { manifest: context.manifest, shot, take: number };
  const found = await lookAt(path, sha256, context).catch((error: unknown) => {
    if (error instanceof NotAClip || error instanceof RenderError) return error;
    throw error;
  });
  if (found instanceof RenderError) {
    const fix = "What was downloaded is kept: run the same command again.";
    const problem = about(subject, "not-checked", `is downloaded and could not be checked: ${found.message}`, fix);
    return { result: "rest", problem };
  }
  if (found instanceof NotAClip) {
    const aside = `${final}.rejected`;
    await world.files.publish(path, `${batchFolder}/${aside}`);
    const fix = `Look at ${aside}. To buy another take: --force ${shot}.`;
    const problem = about(
      subject,
      "clip-unusable",
      `came as a ${resolution} file that cannot be used: ${found.message}`,
      fix,
    );
    const file = findTake(recorder.view().state, shot, number)?.files.get(resolution);
    if (file?.state === "downloaded" && file.wasChecked) {
      // It was whole once: this copy is bad, not the take. To end it would have another one picked, upgraded and followed.
      recorder.shelve(isThere ? part : final, undefined);
      return { result: "rest", problem: { ...problem, fix: `Look at ${aside}. The next run fetches it once more.` } };
    }
    // The event first: a view in which the file is gone and nothing says why would have it fetched again.
    await recorder.record({ event: "rejected-file", shot, take: number, resolution, problem });
    recorder.shelve(part, undefined);
    return DONE;
  }

  const take = findTake(recorder.view().state, shot, number);
  if (!take) throw new Error(`run: no take ${number} of ${shot} to check`);
  const { facts, figures } = found;
  const seam = resolution === "720p" ? await seamOf(take, { path, facts }, context, recorder) : undefined;
  const findings = checkClip(facts, figures, { resolution, aspect: aspectOf(take.request) });
  const { rotation, width, height, frames, frameRate } = facts.video;
  const size = rotation % 180 === 0 ? { width, height } : { width: height, height: width };
  const bytes = (await world.files.stat(path))?.bytes ?? 0;
  if (isThere) {
    await keepAside(`${batchFolder}/${final}`, context);
    await world.files.publish(path, `${batchFolder}/${final}`);
  }
  recorder.shelve(final, bytes);
  const event = {
    event: "checked",
    shot,
    take: number,
    resolution,
    file: final,
    bytes,
    sha256,
    frames,
    frameRate,
    size,
    figures,
    findings,
    ...(seam && { seam }),
    problem: null,
  } as const;
  // Before the event, as after it nobody would look again: a take that is checked has its provenance beside it.
  const checked = findTake(applyEvent(recorder.view().state, { seq: 0, at: 0, event }), shot, number);
  if (checked) await world.files.write(`${batchFolder}/clips/${shot}/take-${number}.json`, provenanceOf(checked));
  await recorder.record(event);
  recorder.shelve(part, undefined);
  return DONE;
}

async function lookAt(path: string, sha256: Sha256, context: RunContext) {
  const facts = await factsOf(path, sha256, context, "probe");
  return { facts, figures: await context.media.measure({ path, facts }, context.leave) };
}

/**
 * How a take goes on from its parent; undefined where it has none or that one's clip is not here. What cannot be measured is
 * not cut, which is no reason to do without the clip.
 */
async function seamOf(
  { request, shot, number }: Take,
  clip: { readonly path: string; readonly facts: ClipFacts },
  context: RunContext,
  recorder: Recorder,
): Promise<SeamFigures | undefined> {
  const { batchFolder, media, leave } = context;
  const parent = parentOf(request);
  const before = parent && findTake(recorder.view().state, parent.shot, parent.take)?.files.get("720p");
  if (!parent || !isOnShelf(before, recorder.view().shelf)) return undefined;
  const path = `${batchFolder}/${before.file}`;
  const workFolder = `${batchFolder}/work/seams/${shot}-${number}`;
  try {
    const facts = await factsOf(path, before.sha256, context);
    const figures = await media.measureSeam({ parent: { path, facts }, clip, workFolder }, leave);
    return { parentTake: parent.take, ...figures };
  } catch (error) {
    if (error instanceof RenderError || error instanceof NotAClip) return undefined;
    throw error;
  }
}

function parentOf(request: TakeRequest): { readonly shot: ShotId; readonly take: number } | undefined {
  if (request.kind === "extend") return request.parent;
  const first = request.stills.use === "frames" ? request.stills.first : undefined;
  return first?.from === "last-frame" ? first : undefined;
}

/** A clip that somebody changed by hand is theirs: it makes room for the one that was paid for, but is not lost. */
async function keepAside(final: string, { world }: RunContext): Promise<void> {
  const there = await world.files.stat(final);
  if (there) await world.files.publish(final, `${final}.changed-${Math.round(there.changedAt)}`);
}

/** An extension lies as the take it goes on from; what that was cropped to, only the file says. */
function aspectOf(request: TakeRequest): AspectRatio {
  return request.kind === "extend" ? "Auto" : request.aspectRatio;
}
