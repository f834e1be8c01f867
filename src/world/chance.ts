/** Randomness, so that a test can replay it from a seed. */
export interface Chance {
  /** at least 0, below 1 */
  number(): number;
  /** an unguessable name: 32 hex digits */
  token(): string;
}
