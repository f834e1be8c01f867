import type { Take } from "../ledger/batch-state.ts";

/** Where a clip came from, as written beside it in `take-N.json`: enough to make it again and to prove what was paid. */
export function provenanceOf(take: Take): string {
  const { request, task, credits, made } = take;
  const files = [...take.files].flatMap(([resolution, file]) => {
    if (file.state !== "checked") return [];
    const { sha256, bytes, frames, frameRate, size, figures = null, findings = [], seam = null } = file;
    const name = file.file.slice(file.file.lastIndexOf("/") + 1);
    return [{ file: name, resolution, sha256, bytes, frames, frameRate, size, figures, findings, seam }];
  });
  const upgrades = [...take.upgrades].map(([resolution, { state, credits }]) => ({ resolution, state, credits }));
  const document = {
    version: 1,
    shot: take.shot,
    take: take.number,
    task: task ?? null,
    bought: new Date(take.intendedAt).toISOString(),
    credits,
    seed: made?.seed ?? request.seed ?? null,
    request,
    requestHash: take.requestHash,
    upgrades,
    files,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
