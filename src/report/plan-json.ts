import type { FilmPlan, StandIn } from "../plan/film.ts";
import { type FilmOutlook, filmOutlook, knownFiles } from "../plan/film-outlook.ts";
import type { FilmStatus } from "../plan/film-status.ts";
import { type LearnedPrice, learnedPrices } from "../plan/learned-prices.ts";
import type { Plan, PlannedStep } from "../plan/plan-run.ts";
import type { ShotStatus } from "../plan/shot-status.ts";
import { leavesFilm, stepCredits } from "../plan/step.ts";
import type { PriceTable } from "../shot/price.ts";
import type { Problem } from "../shot/problem.ts";
import type { Resolution } from "../shot/resolution.ts";
import { encodingMinutes, piecesSeconds } from "./encoding-time.ts";
import type { PlanContext } from "./tell-plan.ts";

/** What `plan --json` prints, format 1. */
export interface PlanDocument {
  readonly version: 1;
  readonly name: string;
  /** as the person typed it */
  readonly manifest: string;
  /** in an order in which every step comes after those it needs */
  readonly steps: readonly PlanDocumentStep[];
  /** credits */
  readonly price: { readonly likely: number; readonly worst: number };
  readonly shots: readonly ShotStatus[];
  readonly films: readonly FilmStatus[];
  readonly prices: PriceTable;
  /** prices that the vendor was seen to ask instead, several times in a row; price and caps go by the table all the same */
  readonly learnedPrices: readonly LearnedPrice[];
  /** what is paid for, not here, and soon to be deleted by the vendor */
  readonly fading: readonly Problem[];
  /** why a run would refuse to begin on this machine */
  readonly obstacles: readonly Problem[];
  /** credits; null when it is not known */
  readonly balance: number | null;
  /** credits; null where no cap is set */
  readonly caps: { readonly run: number | null; readonly day: number | null };
  /** path of the ledger that a run would begin; null when there is one */
  readonly newLedger: string | null;
}

interface PlanDocumentStep {
  readonly key: string;
  readonly kind: "submit" | "poll" | "fetch" | "check" | "upgrade" | "join";
  /** null for a join */
  readonly shot: string | null;
  readonly take: number | null;
  readonly resolution: Resolution | null;
  readonly why: string;
  readonly credits: number;
  /** keys of the steps it waits for */
  readonly needs: readonly string[];
  /** null for all but a join */
  readonly film: PlanDocumentFilm | null;
}

interface PlanDocumentFilm {
  readonly sequence: string;
  readonly file: string;
  readonly clips: number;
  readonly frames: number;
  readonly seconds: number;
  /** shots that are shown otherwise than wanted, as their clips are missing */
  readonly standIns: readonly StandIn[];
  /** whether the pictures are taken over as they are, as far as a plan can see */
  readonly copied: boolean;
  /** null where the film stays as it is and only files beside it are written */
  readonly picture: PlanDocumentPicture | null;
}

interface PlanDocumentPicture extends Pick<FilmOutlook, "encodedFrames" | "encoded" | "overlapFrames"> {
  /** clips that are not there yet, so that nobody knows their key frames */
  readonly unseen: number;
  /** of what is encoded, what an earlier join encoded just so */
  readonly keptFrames: number;
  /** about how long `most` of it takes on two cores, less what is kept */
  readonly encodingSeconds: number;
  /** what the film would be with `hold` at all its transitions; null where that saves little */
  readonly hold: FilmOutlook["hold"] | null;
}

export function planJson(
  plan: Plan,
  context: Pick<PlanContext, "balance" | "caps" | "charges" | "newLedger" | "seen" | "kept" | "obstacles"> = {},
): PlanDocument {
  const { balance, caps, charges, newLedger, seen = new Map(), kept, obstacles = [] } = context;
  const files = knownFiles(plan.view, plan.end.events);
  const { manifest, prices } = plan.view;
  return {
    version: 1,
    name: manifest.name,
    manifest: manifest.shown,
    steps: plan.steps.map((step) => {
      const pictureOf = (film: FilmPlan) =>
        pictureJson(film, filmOutlook(film, seen, files), kept?.get(film.sequence) ?? 0);
      return stepJson(step, pictureOf);
    }),
    price: plan.price,
    shots: plan.shots,
    films: plan.films,
    prices,
    fading: plan.fading,
    obstacles,
    learnedPrices: learnedPrices(prices, charges ?? new Map()),
    balance: balance ?? null,
    caps: { run: caps?.run?.credits ?? null, day: caps?.day?.credits ?? null },
    newLedger: newLedger ?? null,
  };
}

function stepJson(
  { key, step, needs }: PlannedStep,
  pictureOf: (film: FilmPlan) => PlanDocumentPicture,
): PlanDocumentStep {
  const { kind, why } = step;
  const credits = stepCredits(step);
  if (step.kind === "join") {
    const { sequence, file, clips, frames, seconds, standIns } = step.film;
    const picture = leavesFilm(step) ? null : pictureOf(step.film);
    const copied = picture === null || picture.encodedFrames.most === 0;
    const film = { sequence, file, clips: clips.length, frames, seconds, standIns, copied, picture };
    return { key, kind, shot: null, take: null, resolution: null, why, credits, needs, film };
  }
  const { shot, take } = step;
  const resolution = "resolution" in step ? step.resolution : null;
  return { key, kind, shot, take, resolution, why, credits, needs, film: null };
}

function pictureJson(film: FilmPlan, { hold, ...outlook }: FilmOutlook, keptFrames: number): PlanDocumentPicture {
  const most = outlook.encodedFrames.most;
  const seconds = film.encode ? encodingMinutes(film) * 60 : piecesSeconds(film, Math.max(0, most - keptFrames));
  return { ...outlook, keptFrames, encodingSeconds: Math.ceil(seconds), hold: hold ?? null };
}
