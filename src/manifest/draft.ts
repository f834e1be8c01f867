/**
 * What is left of a value once everything that the schema found wrong was taken out: any key may be missing, any item
 * of a list may be undefined. What is there has its type.
 */
export type Draft<T> = T extends readonly (infer Item)[]
  ? readonly (Draft<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T;
