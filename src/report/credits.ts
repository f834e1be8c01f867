import { DOLLARS_PER_CREDIT } from "../shot/price.ts";

/** `240 credits ($1.20)`, for an amount that a person weighs. */
export function showMoney(credits: number): string {
  return `${showCredits(credits)} (${showDollars(credits)})`;
}

/** `1 credit`, `28,800 credits`, `12.5 credits`. */
export function showCredits(credits: number): string {
  return `${showCount(credits)} ${credits === 1 ? "credit" : "credits"}`;
}

/** `+240 credits`, `-60 credits`; nothing happened is `0 credits`. */
export function showChange(credits: number): string {
  return `${credits > 0 ? "+" : ""}${showCredits(credits)}`;
}

/** What credits cost, `$1.20`; a third digit where cents are not enough: a credit is half a cent. */
export function showDollars(credits: number): string {
  const mills = Math.round(Math.abs(credits) * DOLLARS_PER_CREDIT * 1000);
  const digits = mills % 10 === 0 ? 2 : 3;
  return `${credits < 0 && mills > 0 ? "-" : ""}$${grouped((mills / 1000).toFixed(digits))}`;
}

/** A number as people read it: `28,800`; at most two digits behind the point. */
export function showCount(count: number): string {
  const rounded = Math.round(count * 100) / 100;
  return grouped(Object.is(rounded, -0) ? "0" : `${rounded}`);
}

/** `3 shots`, `1 shot`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${showCount(count)} ${count === 1 ? noun : plural}`;
}

function grouped(digits: string): string {
  const [whole = "", fraction] = digits.split(".");
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}
