import * as z from "zod";

/** What the schema itself cannot say about a value. Kept beside it, as everything in its meta data ends in the JSON schema. */
export interface Wording {
  /** the rule a wrong value breaks; default `value` */
  readonly rule?: string;
  /** begins the list of what a choice may be: `takes come in` */
  readonly says?: string;
  /** what the value must be, where its type alone says too little */
  readonly must?: string;
}

const wordings = new WeakMap<z.ZodType, Wording>();

/** Gives a key its description for editors, and its words for messages. Call before `.optional()`. */
export function described<S extends z.ZodType>(schema: S, description: string, wording?: Wording): S {
  const result = schema.describe(description);
  if (wording) wordings.set(result, wording);
  return result;
}

/** A value out of a list. */
export function choice<const Values extends readonly [string, ...string[]]>(
  values: Values,
  description: string,
  wording: Required<Pick<Wording, "rule" | "says">>,
) {
  return described(z.enum(values), description, wording);
}

export function wordingOf(schema: z.ZodType | undefined): Wording {
  return (schema && wordings.get(schema)) ?? {};
}

/** The schema that judges the value at a path; undefined where the path leaves it. */
export function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let current: z.ZodType | undefined = unwrapped(schema);
  for (const step of path) {
    if (!current) return undefined;
    if (current instanceof z.ZodUnion) current = alternativeFor(current, step);
    if (current instanceof z.ZodObject) current = (current.shape as Record<string, z.ZodType>)[String(step)];
    else if (current instanceof z.ZodArray) current = current.element as z.ZodType;
    else if (current instanceof z.ZodRecord) current = current.valueType as z.ZodType;
    else return undefined;
    current = current && unwrapped(current);
  }
  return current;
}

/** The keys an object schema knows; empty for anything else. */
export function keysOf(schema: z.ZodType | undefined): readonly string[] {
  const object = schema instanceof z.ZodUnion ? objectOf(schema) : schema;
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

/** The alternative that a step leads into: a list by a number, else the block that knows the key, else one of any keys. */
function alternativeFor(union: z.ZodUnion, step: PropertyKey): z.ZodType | undefined {
  const options = union.options as readonly z.ZodType[];
  if (typeof step === "number") return options.find((option) => option instanceof z.ZodArray);
  const object = objectOf(union);
  const knows = object instanceof z.ZodObject && Object.hasOwn(object.shape, String(step));
  return knows ? object : (options.find((option) => option instanceof z.ZodRecord) ?? object);
}

function objectOf(union: z.ZodUnion): z.ZodType | undefined {
  return (union.options as readonly z.ZodType[]).find((option) => option instanceof z.ZodObject);
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}
