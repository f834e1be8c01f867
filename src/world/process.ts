/** Other programs, started without a shell and in a process group of their own. */
export interface Processes {
  run(command: string, args: readonly string[], options?: RunOptions): Promise<RunOutcome>;
}

export interface RunOptions {
  /** nominal milliseconds, see `Clock` */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly input?: Uint8Array;
  /** default: where we stand */
  readonly cwd?: string;
  /** added to a minimal environment */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunOutcome {
  /** undefined when it was killed or could not be started */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** what kept it from ending by itself: `ENOENT`, `timed out`, `cancelled` or a signal's name */
  readonly stopped: string | undefined;
  /** the command line, quoted so that it can be pasted into a shell */
  readonly shown: string;
}
