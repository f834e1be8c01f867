import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import type { TestContext } from "vitest";

const PRISM = createRequire(import.meta.url).resolve("@stoplight/prism-cli/dist/index.js");
const LONGEST_START_MS = 40_000;

/** Prism as a proxy that checks both sides of a conversation against a document; ended with the test. Gives its origin. */
export async function openPrism(
  onTestFinished: TestContext["onTestFinished"],
  document: string,
  upstream: string,
): Promise<string> {
  const file = fileURLToPath(new URL(`../fixtures/vendor/${document}`, import.meta.url));
  const port = await freePort();
  const args = [PRISM, "proxy", file, upstream, "-h", "127.0.0.1", "-p", `${port}`];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`Prism did not start:\n${said}`)), LONGEST_START_MS);
    const listen = (chunk: Buffer) => {
      said += chunk;
      if (!said.includes("Prism is listening")) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", (code) => reject(new Error(`Prism ended with ${code}:\n${said}`)));
  });
  return `http://127.0.0.1:${port}`;
}

/** Prism cannot be asked for any free port, so one is found for it. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
