/** A manifest that is made to keep its reader busy. */
export type Bomb = readonly [what: string, text: string];

/** No file of more than 5 MiB is read. */
const MOST_CHARACTERS = 5_200_000;

/**
 * Manifests that grow when they are read: `short` ones pass each of our caps by some way (200 problems, 2 000 worded ones,
 * 600 000 YAML tokens, 20 000 characters a text), `long` ones are as large as a file may be.
 */
export function bombs(size: "short" | "long"): readonly Bomb[] {
  const by = (short: number, long: number) => (size === "short" ? short : long);
  const variable = "$" + "{a}";
  const lines = (count: number, line: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => line(n)).join("");
  const found: readonly Bomb[] = [
    ["unknown keys", `shots: [{ id: a, prompt: p }]\n${lines(by(4_000, 30_000), (n) => `k${n}: 1\n`)}`],
    ["the same key", `shots: [{ id: a, prompt: p }]\n${"k: 1\n".repeat(by(150_000, 1_000_000))}`],
    ["wrong shots", `shots:\n${"- { id: '..', x: 1 }\n".repeat(by(60_000, 240_000))}`],
    ["one long text", `shots: [{ id: a, prompt: "${"x".repeat(by(400_000, 5_000_000))}" }]\n`],
    ["one long id", `shots: [{ id: "${"../".repeat(by(100_000, 1_600_000))}", prompt: p }]\n`],
    [
      "one long style for many shots",
      `defaults: { style: "${"x".repeat(by(30_000, 1_000_000))}" }\nshots:\n${lines(by(3_000, 150_000), (n) => `- { id: s${n}, prompt: p }\n`)}`,
    ],
    [
      "a variable that multiplies",
      `variables: { a: "${"x".repeat(100_000)}" }\nshots: [{ id: a, prompt: "${variable.repeat(by(40_000, 1_200_000))}" }]\n`,
    ],
    ["unclosed variables", `shots: [{ id: a, prompt: "${("$" + "{").repeat(by(200_000, 2_500_000))}" }]\n`],
    ["tags", `shots: [${"!!x y, ".repeat(by(200_000, 700_000))}]\n`],
    ["empty lines", "\n".repeat(by(700_000, 5_000_000))],
    ["carriage returns", "\r".repeat(by(700_000, 5_000_000))],
    ["a prompt of nothing but spaces", `shots: [{ id: a, prompt: "${" ".repeat(by(400_000, 5_000_000))}" }]\n`],
  ];
  return found.map(([what, text]) => [what, text.slice(0, MOST_CHARACTERS)]);
}
