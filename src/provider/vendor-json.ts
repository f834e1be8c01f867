import * as z from "zod";

/**
 * Reads JSON of the vendor's; undefined when it is none. `__proto__` keys are left out, so that no later copy of the
 * value can change a prototype.
 */
export function readVendorJson(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) => (key === "__proto__" ? undefined : value));
  } catch {
    return undefined; // also a nesting too deep to follow
  }
}

/** A value that may come as itself or as JSON text of itself, as `response` and `paramJson` do. */
export function unfoldJson(value: unknown): unknown {
  return typeof value === "string" ? readVendorJson(value) : value;
}

/** Fields as the vendor fills them: a field of another type than expected counts as missing and spoils nothing else. */
export const looseText = z.string().optional().catch(undefined);
export const looseFlag = z.boolean().optional().catch(undefined);
export const looseNumber = z
  .union([
    z.number(),
    z
      .string()
      .trim()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .optional()
  .catch(undefined);
export const looseList = z.array(z.unknown()).optional().catch(undefined);

/** For fields that come in several types. Zod takes a bare `z.unknown()` for a field that must be there. */
export const looseAny = z.unknown().optional();

/** An object's fields, with none when the value is no object. */
export function looseObject<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value) => (isObject(value) ? value : {}), z.object(shape));
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
