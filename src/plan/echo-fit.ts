import type { RequestEcho } from "../provider/outcome.ts";
import type { Sha256 } from "../shot/id.ts";
import type { Still, TakeRequest } from "../shot/take.ts";

/**
 * What a task's own record says against its being the answer to a request; undefined when it says nothing against it.
 * The vendor echoes as much as it likes: what is missing contradicts nothing.
 */
export function contradictionOf(request: TakeRequest, echo: RequestEcho | undefined): string | undefined {
  if (!echo) return undefined;
  const { prompt, model, of, index, seed } = echo;
  if (index !== undefined) return `it is an upgrade of task ${of ?? "unknown"}`;
  if (prompt !== undefined && plain(prompt) !== plain(request.prompt)) return `its prompt is ${JSON.stringify(prompt)}`;
  if (seed !== undefined && request.seed !== undefined && seed !== request.seed) return `its seed is ${seed}`;
  if (request.kind === "extend") {
    return of !== undefined && of !== request.parent.task ? `it extends task ${of}` : undefined;
  }
  if (of !== undefined) return `it extends task ${of}`;
  // An extension is echoed under another name of its model; a generation under the one that was asked for.
  if (model !== undefined && model !== request.model) return `its model is ${model}, not ${request.model}`;
  const ratio = echo.aspectRatio;
  if (ratio !== undefined && ratio !== request.aspectRatio) return `its aspect ratio is ${ratio}`;
  if (echo.translate !== undefined && echo.translate !== request.translate) return "it was translated otherwise";
  return contradictionOfStills(stillsOf(request), echo.imageUrls);
}

/** Whether a record speaks for a request by itself: silence is no proof when nobody names the shot. */
export function isAnswerTo(request: TakeRequest, echo: RequestEcho | undefined): boolean {
  return echo?.prompt !== undefined && contradictionOf(request, echo) === undefined;
}

/**
 * What speaks against a record being that of a purchase whose callback named it, where nobody looks on; undefined when it
 * says itself that it is. The address it was to call holds the token of one intent and of no other; where it is
 * not told, the prompt must be.
 */
export function doubtAbout(request: TakeRequest, token: string, echo: RequestEcho | undefined): string | undefined {
  const contradiction = contradictionOf(request, echo);
  if (contradiction) return contradiction;
  if (echo?.callBackUrl !== undefined) return echo.callBackUrl.includes(token) ? undefined : "it calls another address";
  return isAnswerTo(request, echo) ? undefined : "its record does not say what it was asked for";
}

function contradictionOfStills(stills: readonly Still[], urls: RequestEcho["imageUrls"]): string | undefined {
  if (urls === undefined) return undefined;
  if (urls.length !== stills.length) return `it was sent ${urls.length} pictures, not ${stills.length}`;
  const other = stills.find((still, index) => {
    const sha256 = contentIn(urls[index] ?? "");
    return still.from === "file" && sha256 !== undefined && sha256 !== still.sha256;
  });
  return other && "it was sent another picture";
}

/** Our uploads are named by their content. */
function contentIn(url: string): Sha256 | undefined {
  return /\/([0-9a-f]{64})\.\w+(?:\?|$)/.exec(url)?.[1] as Sha256 | undefined;
}

function stillsOf({ stills }: TakeRequest & { kind: "generate" }): readonly Still[] {
  switch (stills.use) {
    case "none":
      return [];
    case "frames":
      return [stills.first, ...(stills.last ? [stills.last] : [])];
    case "references":
      return stills.images;
  }
}

function plain(prompt: string): string {
  return prompt.trim().replace(/\s+/g, " ");
}
