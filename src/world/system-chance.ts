import { randomBytes } from "node:crypto";
import type { Chance } from "./chance.ts";

/** The system's randomness. */
export function openChance(): Chance {
  return { number: () => Math.random(), token: () => randomBytes(16).toString("hex") };
}
