import { secretForms } from "../world/secret-forms.ts";

const HIDDEN = "[redacted]";

/** Fields and headers whose value is a secret by their name, whatever it looks like. */
const SECRET_NAME =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|(?:x-)?(?:api|secret|access|webhook|private)[-_]?key|key|.*token|.*secret|.*password|passwd|.*signature)$/i;

/** Addresses end at white space, quotes and the brackets that texts put around them. */
const ADDRESS = /\bhttps?:\/\/[^\s"'<>`\\^{|}]+/gi;

/** `Bearer abc` in any text. @see RFC 6750, section 2.1 */
const BEARER = /\b(Bearer|Basic)\s+[A-Za-z0-9\-._~+/]+=*/gi;

/**
 * A copy that may be written down: JSON values only, without keys, tokens, credentials and the query of any address.
 *
 * @param secrets - texts that are taken out wherever they stand, also inside names and as URLs, base64 and JSON write them
 */
export function redact(value: unknown, secrets: readonly string[] = []): unknown {
  return redactValue(value, secretForms(secrets), new Set());
}

/** The same for one text. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  return withoutSecrets(text, secretForms(secrets));
}

/** An address without user, password, query and fragment: presigned links carry their permission in the query. */
export function redactUrl(address: string): string {
  const [withoutFragment = ""] = address.split("#", 1);
  const mark = withoutFragment.indexOf("?");
  const path = mark < 0 ? withoutFragment : withoutFragment.slice(0, mark);
  const open = path.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, `$1${HIDDEN}@`);
  return mark < 0 ? open : `${open}?${HIDDEN}`;
}

function redactValue(value: unknown, secrets: readonly string[], above: ReadonlySet<object>): unknown {
  if (typeof value === "string") return withoutSecrets(value, secrets);
  if (typeof value === "bigint") return withoutSecrets(`${value}`, secrets);
  if (typeof value === "number") return secrets.includes(`${value}`) ? HIDDEN : value;
  if (typeof value !== "object" || value === null)
    return typeof value === "boolean" || value === null ? value : undefined;
  if (above.has(value)) return "[above]";
  const within = new Set([...above, value]);
  const inside = (each: unknown) => redactValue(each, secrets, within);
  if (value instanceof Date) return value.toJSON();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value) || value instanceof Set) return [...value].map(inside);
  const entries =
    value instanceof Map ? [...value] : value instanceof Error ? errorEntries(value) : Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, each]) => {
      const shown = withoutSecrets(`${name}`, secrets);
      return [shown, SECRET_NAME.test(`${name}`) && each !== null && each !== undefined ? HIDDEN : inside(each)];
    }),
  );
}

/** An error's own words are not enumerable. */
function errorEntries(error: Error): [string, unknown][] {
  const { name, message, stack, cause } = error;
  return Object.entries({ ...error, name, message, ...(cause === undefined ? {} : { cause }), stack });
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  const open = secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
  return open.replace(ADDRESS, redactUrl).replace(BEARER, `$1 ${HIDDEN}`);
}
