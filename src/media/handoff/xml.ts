import XMLBuilder from "fast-xml-builder";

/** An element with what stands in it, in order. */
export interface XmlElement {
  readonly name: string;
  /** attributes that are undefined are left out */
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly children: readonly (XmlElement | string)[];
}

export function element(
  name: string,
  attributes: XmlElement["attributes"] = {},
  children: XmlElement["children"] = [],
): XmlElement {
  return { name, attributes, children };
}

/** A document, each element on a line of its own. Letters that XML cannot hold are left out. */
export function writeXml(root: XmlElement, doctype: string): string {
  const builder = new XMLBuilder({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: "",
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
    format: true,
    indentBy: "  ",
  });
  const body: string = builder.build([ordered(root)]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE ${doctype}>\n${body.trim()}\n`;
}

/** The builder's form of an element whose order counts: one key with the children, and `:@` with the attributes. */
function ordered({ name, attributes, children }: XmlElement): object {
  const told = Object.entries(attributes).flatMap(([key, value]) => {
    return value === undefined
      ? []
      : [[key, typeof value === "string" ? attributeText(value) : String(value)] as const];
  });
  return {
    [name]: children.map((child) => (typeof child === "string" ? { "#text": writable(child) } : ordered(child))),
    ":@": Object.fromEntries(told),
  };
}

/** Readers turn line breaks in attributes into spaces; it is done here, so that all of them read the same. */
function attributeText(text: string): string {
  return writable(text).replace(/[\t\n\r]+/g, " ");
}

/** @see XML 1.0, production 2, `Char` */
function writable(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "");
}
