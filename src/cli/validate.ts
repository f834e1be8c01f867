import { duplicateNames, readManifest } from "../manifest/read-manifest.ts";
import { countOf } from "../report/credits.ts";
import { showProblems, showWarnings } from "../report/squiggle.ts";
import { EXIT } from "./exit.ts";
import type { Shell } from "./shell.ts";

/** Shows every problem of every manifest at once; says what was read where there is none. */
export async function validate(
  paths: readonly string[],
  flags: { readonly json?: boolean },
  shell: Shell,
): Promise<number> {
  const { openFiles } = await import("../world/node-files.ts");
  const files = openFiles();
  const parsed = await Promise.all(paths.map((path) => readManifest(path, { files }, { cwd: shell.cwd })));
  const manifests = parsed.flatMap((each) => (each.ok ? [each.value] : []));
  const problems = [...parsed.flatMap((each) => (each.ok ? [] : each.problems)), ...duplicateNames(manifests)];
  const warnings = parsed.flatMap((each) => (each.ok ? each.warnings : []));
  const sources = new Map(parsed.flatMap((each) => [...each.sources]));
  const { terminal } = shell;
  if (flags.json) {
    const valid = manifests.map(({ shown, name, shots, sequences }) => ({
      manifest: shown,
      name,
      shots: shots.map(({ id }) => id),
      sequences: sequences.map(({ id }) => id),
    }));
    terminal.result(JSON.stringify({ version: 1, valid, problems, warnings }, null, 2));
  } else {
    terminal.tell(showWarnings(warnings, sources));
    for (const { shown, shots, sequences } of problems.length > 0 ? [] : manifests) {
      terminal.result(`${shown}: ${countOf(shots.length, "shot")}, ${countOf(sequences.length, "film")}, no problems`);
    }
    if (problems.length > 0) terminal.tell(showProblems(problems, sources));
  }
  return problems.length > 0 ? EXIT.usage : EXIT.done;
}
