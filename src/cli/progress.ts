import { createLogUpdate } from "log-update";
import type { AccountState, WorkKind } from "../ledger/ledger.ts";
import type { Plan } from "../plan/plan-run.ts";
import type { TimeLeft } from "../report/live-row.ts";
import { beginLive, type LiveState, onNews } from "../report/live-state.ts";
import { tableLines } from "../report/live-table.ts";
import { NOTHING_TOLD, nextLine } from "../report/plain-lines.ts";
import type { News } from "../run/news.ts";
import { workKind } from "../run/poll.ts";
import { expectedMs } from "../run/poll-schedule.ts";
import type { Clock } from "../world/clock.ts";
import type { Terminal } from "./terminal.ts";

/** What a person sees on stderr while a run goes: one live table at a terminal, dated lines elsewhere. */
export interface Progress {
  /** a batch begins; `words` is its plan as text */
  readonly begin: (plan: Plan, words: string, durations: AccountState["durations"]) => void;
  readonly news: (batch: string, news: News) => void;
  /** the first Ctrl-C came */
  readonly interrupted: () => void;
  /** leaves the last picture standing; safe to call again */
  readonly close: () => void;
}

export interface ProgressOptions {
  readonly quiet: boolean;
  /** one batch alone has the screen: several are told in lines, each with its name */
  readonly isAlone: boolean;
  readonly clock: Clock;
}

const FRAME_MS = 250;
const INTERRUPTED =
  "Stopping: nothing more is bought, what is in hand is finished. Tasks that still generate are picked up by the next run. Ctrl-C again leaves at once.";

export function openProgress(terminal: Terminal, options: ProgressOptions): Progress {
  if (options.quiet) return { begin: () => {}, news: () => {}, interrupted: () => {}, close: () => {} };
  return options.isAlone && terminal.rows() !== undefined
    ? liveTable(terminal, options)
    : datedLines(terminal, options);
}

function datedLines(terminal: Terminal, { isAlone, clock }: ProgressOptions): Progress {
  let told = NOTHING_TOLD;
  const say = (line: string) => terminal.tell(`${new Date(clock.now()).toISOString().slice(0, 19)}Z ${line}`);
  return {
    begin: (_, words) => terminal.tell(words),
    news: (batch, news) => {
      const next = nextLine(told, news, clock.now());
      told = next.told;
      if (next.line !== undefined) say(isAlone ? next.line : `${batch}: ${next.line}`);
    },
    interrupted: () => say(INTERRUPTED),
    close: () => {},
  };
}

function liveTable(terminal: Terminal, { clock }: ProgressOptions): Progress {
  const screen = createLogUpdate(process.stderr);
  let state: LiveState | undefined;
  let timeLeft: TimeLeft = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    if (!state) return;
    // One line is left free: a terminal that has to scroll cannot be drawn over.
    const rows = Math.max(4, (terminal.rows() ?? 24) - 1);
    screen(tableLines(state, { ...terminal.style, rows }, clock.now(), timeLeft).join("\n"));
  };
  return {
    begin: (plan, words, durations) => {
      terminal.tell(words);
      state = beginLive(plan, clock.now());
      timeLeft = timeLeftFrom(durations, clock);
      if (plan.steps.length === 0) return;
      timer = setInterval(draw, FRAME_MS);
      timer.unref();
      draw();
    },
    news: (_, news) => {
      if (state) state = onNews(state, news, clock.now());
    },
    interrupted: () => {
      screen.clear();
      terminal.tell(INTERRUPTED);
    },
    close: () => {
      if (timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
      draw();
      screen.done();
    },
  };
}

function timeLeftFrom(durations: AccountState["durations"], clock: Clock): TimeLeft {
  return (take, work, ageMs) => {
    const [resolution] = [...take.upgrades.keys()].slice(-1);
    const kind: WorkKind = work === "take" ? workKind(take.request) : `upgrade:${resolution}`;
    const nominalMs = expectedMs(ageMs / clock.lasting(1), durations.get(kind) ?? []);
    return nominalMs === undefined ? undefined : clock.lasting(nominalMs);
  };
}
