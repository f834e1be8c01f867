import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { expect, test, vi } from "vitest";
import { plainFilm } from "./plain-film.ts";
import { KEY, openStudio } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const STILLS = resolve(import.meta.dirname, "../../manifests/stills");
const FILM = `name: film\nshots: [{ id: a, prompt: A net }]\n${plainFilm("a")}`;

const WRONG_ADDRESSES = [
  [{ KIE_API_URL: "https://api.kie.ai/v1" }, "KIE_API_URL is not an address"],
  [{ KIE_API_URL: "https://api.kie.ai/?x=1" }, "KIE_API_URL is not an address"],
  [{ KIE_API_URL: "https://me:secret@api.kie.ai" }, "KIE_API_URL is not an address"],
  [{ KIE_API_URL: "ftp://api.kie.ai" }, "KIE_API_URL is not an address"],
  [{ KIE_UPLOAD_URL: "kie" }, "KIE_UPLOAD_URL is not an address"],
  [{ KIE_API_URL: "http://api.kie.ai" }, "KIE_API_URL is http://api.kie.ai: the key would travel unencrypted"],
  [{ KIE_UPLOAD_URL: "http://127.0.0.1.example.org" }, "the key would travel unencrypted"],
] as const;

test.concurrent("an address with a path, a password or without encryption is refused before anything is done", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { asksTools: true });
  await studio.write("film.yaml", FILM);
  for (const [environment, words] of WRONG_ADDRESSES) {
    const ran = await studio.start(["run", "film.yaml", "--speed", "1"], environment).ended;
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toContain(words);
    expect(ran.stderr).not.toContain("secret");
    expect(ran.stderr).not.toContain(KEY);
  }
  expect(await readdir(studio.folder)).toEqual(["film.yaml"]);
});

test.concurrent("both addresses are judged at once, and by every command that has use for them", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const environment = { KIE_API_URL: "https://api.kie.ai/v1", KIE_UPLOAD_URL: "http://foo.example" };
  const commands = [["plan", "film.yaml"], ["status", "film.yaml"], ["join", "film.yaml"], ["doctor"]];
  for (const command of commands) {
    const ran = await studio.start(command, environment).ended;
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toContain("2 problems.");
  }
});

test.concurrent("a key that no header can hold is named without being shown", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  for (const key of ["two\nlines", "se cret", "sécret☃"]) {
    const ran = await studio.start(["plan", "film.yaml"], { KIE_API_KEY: key }).ended;
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
    expect(ran.stderr).toContain("KIE_API_KEY holds a space, a line break or a character that no key has [bad-key]");
    expect(ran.stderr).not.toContain(key.slice(0, 3));
  }
  // Space around it is what copying leaves.
  expect(await studio.start(["doctor"], { KIE_API_KEY: ` ${KEY}\n` }).ended).toMatchObject({ exitCode: 0 });
});

test.concurrent("--speed is refused unless the API is on this machine", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const ran = await studio.start(["run", "film.yaml"], { KIE_API_URL: "https://api.kie.ai" }).ended;
  expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
  expect(ran.stderr).toContain(
    "--speed 60 is for a simulator on this machine; the API's address is https://api.kie.ai [speed-needs-simulator]",
  );
});

test.concurrent("a .env file is read, and what stands in the environment wins over it", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  await studio.write(".env", `KIE_API_URL=http://127.0.0.1:9/path\nCALLSHEET_OUTPUT=from-file\n`);
  const overridden = await studio.callsheet("plan", "film.yaml");
  expect(overridden).toMatchObject({ exitCode: 0 });
  expect(overridden.stdout).toContain("A new ledger begins: from-file/ledger.db");
  const bare = await studio.start(["plan", "film.yaml"], { CALLSHEET_OUTPUT: "from-environment" }).ended;
  expect(bare.stdout).toContain("A new ledger begins: from-environment/ledger.db");

  await studio.write(".env", `KIE_API_KEY=${KEY}\n`);
  const keyed = await studio.start(["doctor"], { KIE_API_KEY: undefined }).ended;
  expect(keyed.stdout).toContain(`${studio.vendor.origin} takes the key`);
});

test.concurrent("flags win over the environment, the environment over the manifest's surroundings", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  await studio.write("callsheet.yaml", "output: from-callsheet\n");
  const newLedger = async (args: readonly string[], environment: Record<string, string> = {}) => {
    const { stdout } = await studio.start(["plan", "film.yaml", "--json", ...args], environment).ended;
    return JSON.parse(stdout).newLedger as string;
  };
  const environment = { CALLSHEET_OUTPUT: "from-environment" };
  expect(await newLedger([])).toBe("from-callsheet/ledger.db");
  expect(await newLedger([], environment)).toBe("from-environment/ledger.db");
  expect(await newLedger(["--output", "from-flag"], environment)).toBe("from-flag/ledger.db");
});

test.concurrent("stills go to KIE_UPLOAD_URL, and to the API's address where only that is set", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const other = await openStudio(onTestFinished);
  await studio.write("still.png", await readFile(join(STILLS, "door.png")));
  await studio.write("film.yaml", "name: film\nshots: [{ id: a, prompt: A net, image: still.png }]\n");
  const uploads = () => [studio, other].map(({ vendor }) => callsTo(vendor, "file-base64-upload"));

  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(uploads()).toEqual([1, 0]);

  await studio.write("film.yaml", "name: film\nshots: [{ id: a, prompt: Another net, image: still2.png }]\n");
  await studio.write("still2.png", await readFile(join(STILLS, "net.png")));
  const elsewhere = { KIE_UPLOAD_URL: other.vendor.origin };
  await studio.start(["run", "film.yaml"], elsewhere).ended;
  expect(uploads()).toEqual([1, 1]);
});

test.concurrent("XDG_STATE_HOME holds the account's file; a relative one is ignored, as its rule says", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const absolute = { XDG_STATE_HOME: join(studio.folder, "elsewhere") };
  expect(await studio.start(["run", "film.yaml"], absolute).ended).toMatchObject({ exitCode: 0 });
  expect((await readdir(join(studio.folder, "elsewhere/callsheet"))).filter(isAccount)).toHaveLength(1);

  const relative = { XDG_STATE_HOME: "relative" };
  expect(await studio.start(["run", "film.yaml", "--force", "a"], relative).ended).toMatchObject({ exitCode: 0 });
  expect((await readdir(join(studio.folder, ".local/state/callsheet"))).filter(isAccount)).toHaveLength(1);
  expect(await readdir(studio.folder)).not.toContain("relative");
});

test.concurrent("a proxy is not asked for addresses on this machine", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  let asked = 0;
  const proxy = createServer((_, response) => {
    asked++;
    response.writeHead(502).end();
  });
  proxy.on("connect", (_, socket) => {
    asked++;
    socket.destroy();
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  onTestFinished(() => new Promise<void>((closed) => proxy.close(() => closed())));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const proxied = { HTTPS_PROXY: address, https_proxy: address, HTTP_PROXY: address, http_proxy: address };
  expect(await studio.start(["run", "film.yaml"], proxied).ended).toMatchObject({ exitCode: 0 });
  expect(asked).toBe(0);

  // What it is there for, so that the silence above means something.
  const foreign = { HTTPS_PROXY: address, KIE_API_URL: "https://api.kie.ai" };
  await studio.start(["plan", "film.yaml", "--force", "a"], foreign).ended;
  expect(asked).toBe(1);
});

test.concurrent("a pipe gets no colours, with NO_COLOR or without", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  for (const environment of [{ NO_COLOR: "1" }, {}]) {
    const { stdout, stderr } = await studio.start(["run", "film.yaml"], environment).ended;
    expect(stdout + stderr).not.toContain("\u001b");
  }
});

function isAccount(name: string): boolean {
  return /^[0-9a-f]{32}\.db$/.test(name);
}

function callsTo(vendor: Awaited<ReturnType<typeof openStudio>>["vendor"], target: string): number {
  return vendor.purchases().calls.filter((call) => call.target === target && call.status === 200).length;
}
