/** A length of time in words: `45 s`, `1 min 20 s`, `2 h 5 min`. Below ten seconds with a tenth, so that nothing is `0 s`. */
export function showDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${trimmed(seconds, 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joined(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(whole / 60);
  return joined(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

/** Playing time of a film: `30.5 s`, `2 min 4.042 s`. To the millisecond, as films are told by frames. */
export function showPlayingTime(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  if (ms < 60_000) return `${trimmed(ms / 1000, 3)} s`;
  const minutes = Math.floor(ms / 60_000);
  const rest = (ms % 60_000) / 1000;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${trimmed(rest, 3)} s`;
}

/** A running clock: `0:07`, `12:30`, `1:02:30`. Keeps its width while it counts. */
export function showElapsed(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const two = (value: number) => `${value}`.padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function trimmed(value: number, digits: number): string {
  return `${Number(value.toFixed(digits))}`;
}
