import type { SimulatorRequest } from "./exchange.ts";

/** The JSON object in a body; undefined for anything else. */
export function readObject(request: SimulatorRequest): Readonly<Record<string, unknown>> | undefined {
  if (typeof request.body !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(request.body);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A text that is there and says something. */
export function readText(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** A whole number, also written as digits: clients and the vendor's own example send `'0'`. */
export function readInteger(value: unknown): number | undefined {
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  return Number.isInteger(number) ? (number as number) : undefined;
}
