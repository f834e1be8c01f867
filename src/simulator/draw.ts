import { createHash } from "node:crypto";

/**
 * A number from 0 (included) to 1 (excluded) that depends on nothing but its seed and its name. Named draws instead of
 * a sequence: what a task came to does not change when somebody polls once more.
 */
export function draw(seed: number, name: string): number {
  const digest = createHash("sha256").update(`${seed}/${name}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** A number between two ends, drawn by name. */
export function drawBetween(seed: number, name: string, range: readonly [number, number]): number {
  return range[0] + draw(seed, name) * (range[1] - range[0]);
}

/** Lower-case hex drawn by name. */
export function drawHex(seed: number, name: string, digits: number): string {
  return createHash("sha256").update(`${seed}/${name}`).digest("hex").slice(0, digits);
}
