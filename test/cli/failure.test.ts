import { expect, test } from "vitest";
import { tellFailure } from "../../src/cli/failure.ts";
import { UnrecordedTask } from "../../src/run/unrecorded-task.ts";
import type { ShotId, TaskId } from "../../src/shot/id.ts";
import { manifest, shot } from "../report/builders.ts";

test("a task that could not be written down is told with the command that settles it, and never as free", () => {
  const told: string[] = [];
  const style = { colour: false, columns: 100 };
  const terminal = {
    result: () => {},
    tell: (text: string) => told.push(text),
    style,
    resultStyle: style,
    rows: () => 0,
  };
  const batch = { ...manifest([shot("door", { takes: 2 })]), shown: "my film.yaml", calledWith: ["--output", "$here"] };
  const full = Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC", syscall: "write" });
  const error = new UnrecordedTask(batch, "door" as ShotId, 2, "$(id)" as TaskId, { cause: full });
  expect(tellFailure(error, terminal)).toBe(1);
  expect(told.join("\n")).toContain("\n     callsheet adopt 'my film.yaml' door '$(id)' --take 2 --output '$here'");
  expect(told.join("\n")).not.toContain("0 credits");
  expect(told.join("\n")).toContain("ENOSPC");
});
