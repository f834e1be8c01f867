import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openProcesses } from "../../src/world/execa-processes.ts";
import { openRender } from "../../src/world/fluent-render.ts";
import { npmBinaries } from "../../src/world/npm-binaries.ts";
import { RenderError, type RenderJob } from "../../src/world/render.ts";
import { openClock } from "../../src/world/system-clock.ts";

const render = openRender();
const processes = openProcesses(openClock());
const ffmpeg = npmBinaries().ffmpeg ?? "ffmpeg";
const ffprobe = npmBinaries().ffprobe ?? "ffprobe";

type Cleaner = (done: () => Promise<void>) => void;

async function openFolder(onTestFinished: Cleaner): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-render-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function picture(output: string, seconds: number): RenderJob {
  return {
    ffmpeg,
    inputs: [{ source: `testsrc2=s=64x64:r=24:d=${seconds}`, options: ["-f", "lavfi"] }],
    outputOptions: ["-c:v", "libx264", "-preset", "ultrafast", "-f", "mp4"],
    output,
  };
}

async function failure(job: RenderJob): Promise<RenderError> {
  const error = await render(job).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RenderError);
  return error as RenderError;
}

test("inputs, a graph and options become a file, and progress reaches its length", async ({ onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  const told: number[] = [];
  const output = join(folder, "a b.mp4");
  await render({
    ...picture(output, 2),
    graph: "[0:v]hflip[v]",
    outputOptions: ["-map", "[v]", "-c:v", "libx264", "-metadata", "title=Two words", "-f", "mp4"],
    onProgress: (seconds) => told.push(seconds),
  });
  const probed = await processes.run(ffprobe, ["-v", "error", "-show_format", output]);
  expect(probed.stdout).toContain("TAG:title=Two words");
  expect(told.at(-1)).toBeGreaterThan(1.8);
});

test("a failure shows a command that fails the same way when pasted, and the end of what ffmpeg said", async ({
  onTestFinished,
}) => {
  const folder = await openFolder(onTestFinished);
  const error = await failure({ ...picture(join(folder, "out.mp4"), 1), graph: "[0:v]nosuchfilter[v]" });
  expect(error).toMatchObject({ cancelled: false });
  expect(error.stderrEnd).toMatch(/No such filter: 'nosuchfilter'/);
  expect(error.message).toMatch(/^ffmpeg exited with code 1: /);
  const pasted = await processes.run("sh", ["-c", error.command]);
  expect(pasted.stderr).toMatch(/No such filter: 'nosuchfilter'/);
});

test("a missing ffmpeg is a failure with its command", async ({ onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  const error = await failure({ ...picture(join(folder, "out.mp4"), 1), ffmpeg: "/nowhere/ffmpeg" });
  expect(error.message).toMatch(/ENOENT/);
  expect(error.command).toMatch(/^\/nowhere\/ffmpeg /);
});

test("a cancelled render ends at once and its file is left to the caller", async ({ onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  const stop = new AbortController();
  const output = join(folder, "out.mp4");
  const started = performance.now();
  const error = await failure({ ...picture(output, 10_000), signal: stop.signal, onProgress: () => stop.abort() });
  expect(error.cancelled).toBe(true);
  expect(performance.now() - started).toBeLessThan(10_000);
  expect((await stat(output)).isFile()).toBe(true);
  // Nothing is left that reads or writes: the command line names the file.
  expect(
    (
      await processes.run("sh", [
        "-c",
        `cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c '${folder.slice(0, -1)}[${folder.slice(-1)}]' || true`,
      ])
    ).stdout.trim(),
  ).toBe("0");
});

test("a render that is cancelled before it begins starts nothing", async ({ onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  const error = await failure({ ...picture(join(folder, "out.mp4"), 1), signal: AbortSignal.abort() });
  expect(error.cancelled).toBe(true);
  await expect(stat(join(folder, "out.mp4"))).rejects.toThrow(/ENOENT/);
});

test("ffmpeg has a process group of its own, so Ctrl-C does not reach it", async ({ onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  const stop = new AbortController();
  let groups = "";
  const error = await failure({
    ...picture(join(folder, "out.mp4"), 10_000),
    signal: stop.signal,
    onProgress: () => {
      if (groups !== "") return;
      groups = "asked";
      const list = `for p in /proc/[0-9]*; do grep -q '${folder}' $p/cmdline 2>/dev/null && echo $(cut -d' ' -f1,5 $p/stat); done; true`;
      void processes.run("sh", ["-c", list]).then(({ stdout }) => {
        groups = stdout;
        stop.abort();
      });
    },
  });
  expect(error.cancelled).toBe(true);
  const leaders = groups
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  expect(leaders.length).toBeGreaterThan(0);
  for (const [pid, group] of leaders) expect(group).toBe(pid);
});

test("a file that names something on the net is not followed", async ({ onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  const error = await failure({
    ...picture(join(folder, "out.mp4"), 1),
    inputs: [{ source: "http://127.0.0.1:9/a.mp4" }],
  });
  expect(error.stderrEnd).toMatch(/not on whitelist/);
});

test("an ffmpeg that hangs is ended with all it started, and told as hanging", async ({ onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  const stub = join(folder, "ffmpeg-that-hangs");
  await writeFile(stub, '#!/bin/sh\nsleep 600 &\necho $! > "$0.pid"\nwait\n', { mode: 0o755 });
  const error = await openRender(300)({ ...picture(join(folder, "out.mp4"), 2), ffmpeg: stub }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RenderError);
  expect((error as RenderError).message).toBe("ffmpeg hung: it was ended after 0 s without a word");
  expect((error as RenderError).cancelled).toBe(false);
});

test("a file that found no room is a failure, though ffmpeg says that all went well", async ({ onTestFinished }) => {
  const folder = await openFolder(onTestFinished);
  const stub = join(folder, "ffmpeg");
  const words = "Error writing trailer of file:out.mp4: No space left on device";
  await writeFile(stub, `#!/bin/sh\necho "${words}" >&2\n`, { mode: 0o755 });
  const error = await failure({ ...picture(join(folder, "out.mp4"), 1), ffmpeg: stub });
  expect(error).toMatchObject({ lacksRoom: true, message: `ffmpeg found no room for its file: ${words}` });
});
