import { foldEvents, type Take } from "../ledger/batch-state.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { commandLine } from "../manifest/command-line.ts";
import { contradictionOf } from "../plan/echo-fit.ts";
import type { BatchName, TaskId } from "../shot/id.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import type { SharedFlags } from "./settings.ts";
import { unconfirmedTake, withHeldBatch } from "./settle.ts";
import type { Shell } from "./shell.ts";

/** Settles an unconfirmed take with a task id found by hand; the task's own record must echo what was asked for. */
export function adopt(
  path: string,
  shot: string,
  task: string,
  flags: SharedFlags & { readonly take?: number },
  shell: Shell,
): Promise<number> {
  const needs = { writes: true, media: flags.simulate === true, provider: true };
  return withHeldBatch(path, flags, shell, needs, async (held) => {
    const take = unconfirmedTake(held, shot, flags.take);
    const { provider, ledger } = held.session;
    if (!provider) throw new Refusal(EXIT.key, [keyMissing()]);
    const record = await provider.recordInfo(task as TaskId);
    if (record.outcome !== "pending" && record.outcome !== "made" && record.outcome !== "failed") {
      const fix = "Look the task id up again at https://kie.ai/logs. Nothing was changed.";
      throw new Refusal(EXIT.usage, [problem("task-unknown", `task ${task}: ${record.message}`, fix)]);
    }
    const difference = contradictionOf(take.request, record.echo);
    if (difference) {
      const message = `task ${task} is another purchase: ${difference}`;
      const fix = `Find the task that was asked for shot "${shot}". Nothing was changed.`;
      throw new Refusal(EXIT.usage, [problem("task-of-another-request", message, fix)]);
    }
    if (record.outcome === "failed") {
      const which = flags.take === undefined ? [] : ["--take", `${flags.take}`];
      const message = `task ${task} failed: ${record.message}. The vendor pays failed takes back`;
      const fix = `${commandLine(held.manifest, "forget", [shot], which)} lets the next run buy it again. Nothing was changed.`;
      throw new Refusal(EXIT.usage, [problem("task-failed", message, fix)]);
    }
    const taken = await takeOfTask(task as TaskId, ledger);
    if (taken) {
      const message = `task ${task} already belongs to take ${taken.number} of shot "${taken.shot}" in batch "${taken.batch}"`;
      throw new Refusal(EXIT.usage, [problem("task-taken", message, "Find the other task. Nothing was changed.")]);
    }
    await ledger.append(held.manifest.name, [
      { event: "adopted", shot: take.shot, take: take.number, task: task as TaskId },
    ]);
    shell.terminal.result(
      `Take ${take.number} of shot "${shot}" is task ${task}. ${commandLine(held.manifest, "run")} goes on with it.`,
    );
    return EXIT.done;
  });
}

/** The take that has a task, in whichever batch of the ledger: one clip must not stand for two purchases. */
async function takeOfTask(task: TaskId, ledger: Ledger): Promise<(Take & { readonly batch: BatchName }) | undefined> {
  for (const batch of await ledger.batches()) {
    const { takes } = foldEvents(await ledger.load(batch));
    const found = [...takes.values()].flat().find((take) => take.task === task);
    if (found) return { ...found, batch };
  }
  return undefined;
}

function keyMissing() {
  return problem("key-missing", "the task's record cannot be read without a key", "Set KIE_API_KEY.");
}
