import type { FfmpegCommand } from "fluent-ffmpeg";
import { endGroup, takeCharge } from "./process-group.ts";
import { type Render, RenderError, type RenderJob, saysNoRoom } from "./render.ts";
import { showCommand } from "./shown-command.ts";

/** Lines of ffmpeg's talk that an error shows. */
const LINES_KEPT = 20;

const PROGRESS = /\btime=(\d+):(\d+):(\d+(?:\.\d+)?)/;

/** Options in front of all others. */
function globalOptions({ onLine }: RenderJob): readonly string[] {
  return [
    "-y", // the output's name is a temporary one of ours
    "-nostdin", // ffmpeg would take keys from the terminal
    "-hide_banner",
    ...["-v", onLine ? "info" : "warning", "-stats"], // problems and progress; every stream only where it is listened to
  ];
}

/**
 * What fluent-ffmpeg 2.1.3 keeps to itself and we must reach: it offers no spawn options, one binary for all commands,
 * and a check of formats that fails on ffmpeg 7 and later.
 */
interface Inside {
  _checkCapabilities(done: (error: null) => void): void;
  availableEncoders(done: (error: null, encoders: object) => void): void;
  _getFfmpegPath(done: (error: null, path: string) => void): void;
  _spawnFfmpeg(args: string[], options: object, onStart: unknown, onEnd: OnEnd): void;
}

type OnEnd = (error: Error | null | undefined, stdout?: object, stderr?: object) => void;

/** ffmpeg tells its progress twice a second: one that is silent for so long hangs, as on a network disk that went away. Moving the index of a long film to its front is silent work. */
const LONGEST_SILENCE_MS = 10 * 60_000;

/**
 * ffmpeg through fluent-ffmpeg.
 *
 * @param longestSilenceMs - real milliseconds after which an ffmpeg that says nothing is ended
 */
export function openRender(longestSilenceMs = LONGEST_SILENCE_MS): Render {
  return async (job) => {
    // Most commands render nothing, and would wait for what renders.
    const { default: startCommand } = await import("fluent-ffmpeg");
    return new Promise((resolve, reject) => {
      let shown = showCommand(job.ffmpeg, []);
      let pid: number | undefined;
      let release = () => {};
      const said: string[] = [];

      const command = describe(job, startCommand({ stdoutLines: LINES_KEPT }));
      const inside = command as unknown as Inside;
      const spawn = inside._spawnFfmpeg;
      inside._checkCapabilities = (done) => done(null);
      inside.availableEncoders = (done) => done(null, {});
      inside._getFfmpegPath = (done) => done(null, job.ffmpeg);
      inside._spawnFfmpeg = (args, options, onStart, onEnd) => {
        shown = showCommand(job.ffmpeg, args);
        // In a group of its own, so that a terminal's Ctrl-C reaches only us.
        spawn.call(inside, args, { ...options, detached: true }, onStart, (error, stdout, stderr) => {
          // What could not be started said nothing, and fluent-ffmpeg would fall over the missing words, taking us along.
          if (error && !stderr) settle(error);
          else onEnd(error, stdout, stderr);
        });
      };

      const cancel = () => pid !== undefined && endGroup(pid);
      let isSilent = false;
      const watchdog = setTimeout(() => {
        isSilent = true;
        cancel();
      }, longestSilenceMs);
      job.signal?.addEventListener("abort", cancel, { once: true });
      const settle = (error?: Error) => {
        job.signal?.removeEventListener("abort", cancel);
        clearTimeout(watchdog);
        release();
        if (!error) return resolve();
        const cancelled = job.signal?.aborted ?? false;
        const message = cancelled
          ? "ffmpeg was stopped"
          : isSilent
            ? `ffmpeg hung: it was ended after ${Math.round(longestSilenceMs / 1000)} s without a word`
            : summary(error, said);
        reject(new RenderError(message, shown, said.join("\n"), cancelled));
      };

      command
        .on("start", () => {
          pid = (command as unknown as { ffmpegProc?: { pid?: number } }).ffmpegProc?.pid;
          if (pid !== undefined) release = takeCharge(pid);
          if (job.signal?.aborted) cancel();
        })
        .on("stderr", (line: string) => {
          watchdog.refresh();
          const progress = PROGRESS.exec(line);
          if (progress) job.onProgress?.(Number(progress[1]) * 3600 + Number(progress[2]) * 60 + Number(progress[3]));
          else if (line.trim() !== "") said.push(line);
          if (!progress) job.onLine?.(line);
          if (said.length > LINES_KEPT) said.shift();
        })
        .on("error", (error: Error) => settle(error))
        // A file that is cut off for want of room is no failure to ffmpeg, if only its end is missing.
        .on("end", () => settle(said.some(saysNoRoom) ? new Error("found no room for its file") : undefined));

      if (job.signal?.aborted) settle(new Error("aborted before the start"));
      else command.run();
    });
  };
}

function describe(job: RenderJob, command: FfmpegCommand): FfmpegCommand {
  job.inputs.forEach(({ source, options = [] }, index) => {
    const global = index === 0 ? globalOptions(job) : [];
    // A clip may be a playlist or script in disguise: what it names is opened only if it is a file of this machine.
    // Two arguments or more, as fluent-ffmpeg cuts a single one at its space.
    command.input(source).inputOptions(...global, "-protocol_whitelist", "file", ...options);
  });
  if (job.graph !== undefined) command.complexFilter(job.graph);
  const [first, ...others] = job.outputOptions;
  if (first !== undefined && others.length === 0) command.outputOptions(first, "-y");
  else command.outputOptions(...job.outputOptions);
  return command.output(job.output);
}

function summary(error: Error, said: readonly string[]): string {
  const how = /exited with code \d+|killed with signal \w+/.exec(error.message)?.[0] ?? error.message;
  const last = said.at(-1);
  return last ? `ffmpeg ${how.replace(/^ffmpeg /, "")}: ${last}` : `ffmpeg ${how.replace(/^ffmpeg /, "")}`;
}
