/**
 * Ways in which a secret may be written: as it is, as URLs, JSON, hex and base64 write it, also somewhere inside a longer
 * base64 text. Longest first, so that replacing them one by one leaves no rest of one.
 */
export function secretForms(secrets: readonly string[]): readonly string[] {
  const forms = secrets
    .filter((secret) => secret !== "")
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret.replace(/\p{Cs}/gu, "\ufffd")),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString("hex"),
      ...["base64", "base64url"].map((form) => Buffer.from(secret).toString(form as BufferEncoding)),
      ...insideBase64(secret),
    ]);
  return [...new Set(forms)].toSorted((a, b) => b.length - a.length);
}

/** A shorter piece of base64 may stand in any other text by chance. */
const SHORTEST_PIECE = 12;

/** What is left of a secret in base64, whatever stands before and behind it: three bytes always share four letters. */
function insideBase64(secret: string): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const from = Math.ceil((before * 4) / 3);
    const end = Math.floor((bytes.length * 4) / 3);
    return (["base64", "base64url"] as const)
      .map((form) => bytes.toString(form).slice(from, end))
      .filter((piece) => piece.length >= SHORTEST_PIECE);
  });
}
