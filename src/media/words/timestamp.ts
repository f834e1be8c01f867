/** `01:02:03` and the three digits behind it, rounded to the nearest: as subtitle files write a moment. */
export function timestamp(seconds: number, decimalMark: "," | "."): string {
  const all = Math.round(seconds * 1000);
  const [hours, minutes, rest] = [Math.floor(all / 3_600_000), Math.floor(all / 60_000) % 60, all % 60_000];
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(hours)}:${two(minutes)}:${two(Math.floor(rest / 1000))}${decimalMark}${String(rest % 1000).padStart(3, "0")}`;
}
