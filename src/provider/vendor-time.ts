/** A time written without a zone is Beijing's. @see a sibling record's `completeTime`, 8 h ahead of its file's UTC stamp */
const ZONE = "+08:00";

/** Smaller numbers are seconds: as milliseconds they would lie before 1973. */
const LEAST_MS = 100_000_000_000;

const WRITTEN = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * A moment as the vendor writes it: epoch milliseconds, ISO 8601, or `YYYY-MM-DD HH:mm:ss` in UTC+8.
 *
 * @returns epoch milliseconds; undefined for null and for what cannot be read. Good for telling, never for deciding
 */
export function readVendorTime(value: unknown): number | undefined {
  if (typeof value === "number") return plausible(value < LEAST_MS ? value * 1000 : value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (/^\d{9,14}$/.test(text)) return readVendorTime(Number(text));
  const [, day, time, zone] = WRITTEN.exec(text) ?? [];
  return day === undefined ? undefined : plausible(Date.parse(`${day}T${time}${zone?.toUpperCase() ?? ZONE}`));
}

/** Between 2001 and the end of the four-digit years. */
function plausible(ms: number): number | undefined {
  return ms > LEAST_MS && ms < 253_402_300_800_000 ? Math.round(ms) : undefined;
}
