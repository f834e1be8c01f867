import { availableParallelism } from "node:os";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { Shell } from "./shell.ts";

/**
 * The table of contents: every command, what it does, and where it is done. Each is loaded only when it is called, so
 * that `--help` needs nothing but this file.
 */
function buildProgram(shell: Shell, done: (exitCode: number) => void): Command {
  const program = new Command("callsheet")
    .description("Turns a YAML manifest of shots into finished films through kie.ai Veo 3.1.")
    .version("0.1.0")
    .showHelpAfterError("callsheet --help shows all commands.")
    .exitOverride();

  const output = () => new Option("--output <folder>", "where films, clips and the ledger go");
  const json = () => new Option("--json", "one JSON document on stdout");
  const simulate = () =>
    new Option("--simulate", "play with a simulated vendor: no key, no money, files below output/simulated/");
  const speed = () => new Option("--speed <n>", "divide every wait by n (simulator only)").argParser(positiveNumber);
  const budget = () =>
    new Option("--budget <credits>", "spend at most this much in this run").argParser(nonNegativeNumber);
  const only = () =>
    new Option("--only <pattern...>", "these shots and the parents they need; * stands for any letters");
  const force = () => new Option("--force <shot...>", "buy another take of these shots");
  const retry = () => new Option("--retry-failed", "buy again what was refused, failed or lost");

  program
    .command("run")
    .summary("make everything that is still missing, then the films")
    .description(
      "Makes everything that is still missing, then the films. The same command again goes on where it stopped and buys nothing twice.",
    )
    .argument("<manifest...>")
    .option("--dry-run", "show the plan and its price, and stop")
    .addOption(only())
    .addOption(force())
    .addOption(retry())
    .addOption(budget())
    .option("--callback-url <url>", "public address at which the vendor tells that a take has ended; needs --listen")
    .option("--listen <port>", "where that address leads: a port of 127.0.0.1, or HOST:PORT")
    .option("--quiet", "say nothing unless something is wrong")
    .addOption(simulate())
    .addOption(speed())
    .addOption(output())
    .addOption(json())
    .action(async (paths, flags) => done(await (await import("./run.ts")).run(paths, flags, shell)));

  program
    .command("plan")
    .summary("what run would do, why, and its price")
    .description("Shows what run would do, why, and what it would cost. Buys nothing and works without a key.")
    .argument("<manifest...>")
    .addOption(only())
    .addOption(force())
    .addOption(retry())
    .addOption(budget())
    .option("--detailed-exitcode", "exit 10 when there is work to do")
    .addOption(simulate())
    .addOption(output())
    .addOption(json())
    .action(async (paths, flags) => done(await (await import("./plan.ts")).plan(paths, flags, shell)));

  program
    .command("status")
    .summary("where each shot and film stands")
    .description("Shows where each shot and film stands, from manifest, ledger and disk. Asks nothing of the network.")
    .argument("<manifest...>")
    .addOption(simulate())
    .addOption(output())
    .addOption(json())
    .action(async (paths, flags) => done(await (await import("./status.ts")).status(paths, flags, shell)));

  program
    .command("validate")
    .summary("every problem of a manifest at once")
    .description("Checks manifests and the files they name, and shows every problem at once.")
    .argument("<manifest...>")
    .addOption(json())
    .action(async (paths, flags) => done(await (await import("./validate.ts")).validate(paths, flags, shell)));

  program
    .command("join")
    .summary("the films again, from the clips that are there")
    .description("Joins the films again from the clips that are there. Buys and downloads nothing.")
    .argument("<manifest>")
    .argument("[sequence...]", "these films; default: all")
    .addOption(simulate())
    .addOption(output())
    .addOption(json())
    .action(async (path, sequences, flags) =>
      done(await (await import("./join.ts")).join(path, sequences, flags, shell)),
    );

  program
    .command("adopt")
    .summary("settle an unconfirmed shot with the task that was found")
    .description(
      "Settles a purchase that was never answered with a task id found by hand. Refuses a task that was asked for something else.",
    )
    .argument("<manifest>")
    .argument("<shot>")
    .argument("<task>")
    .option("--take <n>", "which of several", positiveInteger)
    .addOption(simulate())
    .addOption(speed())
    .addOption(output())
    .action(async (path, shot, task, flags) =>
      done(await (await import("./adopt.ts")).adopt(path, shot, task, flags, shell)),
    );

  program
    .command("forget")
    .summary("settle an unconfirmed shot: it was not bought")
    .description("Says that a purchase that was never answered was not made. The next run buys it.")
    .argument("<manifest>")
    .argument("<shot>")
    .option("--take <n>", "which of several", positiveInteger)
    .addOption(simulate())
    .addOption(output())
    .action(async (path, shot, flags) => done(await (await import("./forget.ts")).forget(path, shot, flags, shell)));

  program
    .command("salvage")
    .summary("fetch all that is paid for and not here; buys nothing")
    .description(
      "Fetches every clip that is paid for and missing or changed, and finds takes again whose ledger was lost. With --tasks it also takes in the task ids that a file names: a list, or the vendor's log as CSV or JSON. Buys nothing.",
    )
    .argument("<manifest...>")
    .option("--tasks <file>", "text, CSV or JSON with task ids")
    .addOption(simulate())
    .addOption(speed())
    .addOption(output())
    .addOption(json())
    .action(async (paths, flags) => done(await (await import("./salvage.ts")).salvage(paths, flags, shell)));

  program
    .command("rename")
    .summary("keep a shot's takes under its new id")
    .description("Gives the takes of a shot to the id it has now, so that they are not bought again.")
    .argument("<manifest>")
    .argument("<old>")
    .argument("<new>")
    .addOption(simulate())
    .addOption(output())
    .action(async (path, from, to, flags) =>
      done(await (await import("./rename.ts")).rename(path, from, to, flags, shell)),
    );

  program
    .command("spend")
    .summary("money by day")
    .description(
      "Shows what was spent on each day, over all manifests and output folders of this account on this machine. Asks nothing of the network.",
    )
    .addOption(simulate())
    .addOption(output())
    .addOption(json())
    .action(async (flags) => done(await (await import("./spend.ts")).spend(flags, shell)));

  program
    .command("doctor")
    .summary("what works on this machine, and how to mend the rest")
    .description(
      "Checks Node, ffmpeg, folders, the key and the vendor's address, and says how to mend what does not work.",
    )
    .addOption(output())
    .addOption(json())
    .action(async (flags) => done(await (await import("./doctor.ts")).doctor(flags, shell)));

  program
    .command("simulate")
    .summary("the vendor's API on this machine, with real clips")
    .description("Serves the vendor's API on loopback, with real MP4s and faults on demand, until it is stopped.")
    .option("--port <n>", "default: any free one", portNumber)
    .addOption(speed())
    .option("--faults <file>", "YAML of switches and faults, see docs/simulator.md")
    .addOption(
      new Option("--clips <kind>", "how clips are drawn").choices(["burned", "shared", "tiny"]).default("burned"),
    )
    .addOption(output())
    .action(async (flags) => done(await (await import("./simulate.ts")).simulate(flags, shell)));

  for (const command of program.commands) {
    command.showHelpAfterError(`callsheet ${command.name()} --help shows how to call it.`);
  }
  return program;
}

/** Runs the command that the process was called with. */
export async function main(): Promise<void> {
  const { openTerminal } = await import("./terminal.ts");
  try {
    process.loadEnvFile();
  } catch {
    // No .env file is the usual case.
  }
  const terminal = openTerminal(process.env);
  const shell: Shell = { environment: process.env, cwd: process.cwd(), terminal, cores: availableParallelism() };
  try {
    await buildProgram(shell, (exitCode) => {
      process.exitCode = exitCode;
    }).parseAsync();
  } catch (error) {
    process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : await endBadly(error, shell);
  }
}

async function endBadly(error: unknown, shell: Shell): Promise<number> {
  const { tellFailure } = await import("./failure.ts");
  return tellFailure(error, shell.terminal);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

function nonNegativeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0) || !Number.isFinite(value))
    throw new InvalidArgumentError("It must be 0 or more.");
  return value;
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return value;
}

function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError("It must be a port: 0 to 65535.");
  return value;
}
