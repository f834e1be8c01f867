import type { Chance } from "./chance.ts";
import type { Clock } from "./clock.ts";
import type { Files } from "./files.ts";
import type { Http } from "./http.ts";
import type { Processes } from "./process.ts";
import type { Render } from "./render.ts";

/** Everything outside the program. Each stage declares the slice it needs: `Pick<World, "clock" | "http">`. */
export interface World {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly files: Files;
  readonly http: Http;
  readonly processes: Processes;
  readonly render: Render;
}
