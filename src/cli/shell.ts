import type { Terminal } from "./terminal.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a command was typed. */
export interface Shell {
  readonly environment: Environment;
  readonly cwd: string;
  readonly terminal: Terminal;
  readonly cores: number;
}
