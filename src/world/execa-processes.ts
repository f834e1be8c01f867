import type { Clock } from "./clock.ts";
import type { Processes, RunOptions, RunOutcome } from "./process.ts";
import { endGroup, takeCharge } from "./process-group.ts";
import { showCommand } from "./shown-command.ts";

/** What a program needs to find its files and to talk; in particular not the API key. */
const HANDED_ON = [
  ...["PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "XDG_CACHE_HOME"],
  ...["PATHEXT", "SystemRoot", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "ComSpec"],
];

/** True milliseconds between the polite and the forced end of a program; not scaled, as programs do not hurry for us. */
const PATIENCE_MS = 2_000;

/** Programs of this machine. */
export function openProcesses(
  clock: Pick<Clock, "lasting">,
  surroundings: Readonly<Record<string, string | undefined>> = process.env,
): Processes {
  const minimal = Object.fromEntries(
    HANDED_ON.flatMap((name) => {
      const value = surroundings[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

  return {
    async run(command, args, options = {}) {
      // Most commands start no program, and would wait 25 ms for what starts one.
      const { execa } = await import("execa");
      const child = execa(command, args, {
        env: { ...minimal, ...options.env },
        extendEnv: false,
        reject: false, // how a program ends is an answer, not an exception
        detached: true, // Ctrl-C is for us: we decide what is finished and what is ended
        windowsHide: true,
        stripFinalNewline: false,
        forceKillAfterDelay: PATIENCE_MS,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.input ? { input: options.input } : { stdin: "ignore" as const }),
        ...(options.signal ? { cancelSignal: options.signal } : {}),
        ...(options.timeoutMs === undefined ? {} : { timeout: Math.max(1, clock.lasting(options.timeoutMs)) }),
      });
      const { pid } = child;
      const release = pid === undefined ? undefined : takeCharge(pid);
      // What the program started may hold its pipes open, and we would wait for it for ever.
      child.once("exit", (_code, signal) => {
        if (pid !== undefined && (signal !== null || options.signal?.aborted)) endGroup(pid);
      });
      try {
        const result = await child;
        return {
          exitCode: result.exitCode,
          stdout: result.stdout ?? "",
          stderr: result.stderr ?? "",
          stopped: whatStopped(result, options),
          shown: showCommand(command, args),
        };
      } finally {
        release?.();
      }
    },
  };
}

function whatStopped(
  result: {
    timedOut: boolean;
    isCanceled: boolean;
    isMaxBuffer: boolean;
    signal?: string | undefined;
    code?: string | undefined;
  },
  options: RunOptions,
): RunOutcome["stopped"] {
  if (result.isCanceled || (result.signal && options.signal?.aborted)) return "cancelled";
  if (result.timedOut) return "timed out";
  if (result.isMaxBuffer) return "said too much";
  return result.code ?? result.signal;
}
