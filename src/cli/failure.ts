import { HoldLostError, LedgerError, LedgerWriteError } from "../ledger/ledger.ts";
import { commandLine } from "../manifest/command-line.ts";
import { takeFlag } from "../plan/problem-today.ts";
import { showProblems } from "../report/squiggle.ts";
import { tellProblem } from "../report/tell-problems.ts";
import { UnrecordedTask } from "../run/unrecorded-task.ts";
import type { Problem } from "../shot/problem.ts";
import { type DiskFailure, diskFailure } from "../world/disk-failure.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Says why a command ended early, and gives its exit code. Only a refusal is known to come before any purchase: the
 * others may end a run that has spent, so none of them says that nothing was.
 */
export function tellFailure(error: unknown, terminal: Terminal): number {
  const tell = (told: Problem) => terminal.tell(tellProblem(told, terminal.style));
  if (error instanceof AggregateError) return Math.max(...error.errors.map((each) => tellFailure(each, terminal)));
  if (error instanceof UnrecordedTask) {
    const { manifest, shot, take, task, message, cause } = error;
    const command = commandLine(manifest, "adopt", [shot, task], takeFlag(manifest, shot, take));
    tell(problem("task-not-recorded", message, `Mend what is said below, then settle it:\n  ${command}`));
    return tellFailure(cause, terminal);
  }
  if (error instanceof Refusal) {
    terminal.tell(showProblems(error.problems, error.sources));
    return error.exitCode;
  }
  if (error instanceof LedgerError) {
    tell(problem("ledger-damaged", error.message, error.fix));
    return EXIT.damaged;
  }
  if (error instanceof LedgerWriteError) {
    tell(problem(`ledger-${error.reason}`, error.message, error.fix));
    return { busy: EXIT.busy, denied: EXIT.usage, full: EXIT.short, io: EXIT.short }[error.reason];
  }
  if (error instanceof HoldLostError) {
    const message = `another process has taken batch "${error.batch}" over: this one was silent for too long`;
    tell(problem("batch-taken-over", message, "Nothing more was bought here. Let the other one go on."));
    return EXIT.busy;
  }
  const disk = diskFailure(error);
  if (disk) {
    tell(problem(`disk-${disk}`, (error as Error).message, diskFix(disk)));
    return EXIT.short;
  }
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.tell(
    `callsheet came upon something it was not made for. What was bought is in the ledger: the same command goes on from there.\n${shown}`,
  );
  return EXIT.bug;
}

/** A file for others to read could not be written; what it would have said has been told. */
export function tellUnwritten(path: string, error: unknown, terminal: Terminal): number {
  const disk = diskFailure(error);
  if (!disk) return tellFailure(error, terminal);
  const message = `${path} could not be written: ${(error as Error).message}`;
  terminal.tell(tellProblem(problem(`disk-${disk}`, message, diskFix(disk)), terminal.style));
  return EXIT.short;
}

function diskFix(failure: DiskFailure): string {
  const first = {
    full: "Make room",
    denied: "Give yourself the right to write there",
    link: "Take away the link that stands in the file's place",
    io: "Look after the disk (room, quota, the system's log)",
  }[failure];
  return `${first} and run the same command again: nothing is bought twice.`;
}
