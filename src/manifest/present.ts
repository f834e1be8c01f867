/** A copy without the keys whose value is undefined, so that "not said" has one form only. */
export function present<T extends object>(value: T | undefined): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(value ?? {}).filter(([, held]) => held !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
