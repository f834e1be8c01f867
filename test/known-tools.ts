import { resolve } from "node:path";

/** What each ffmpeg of this machine can do, as one test found out: to ask takes six starts of it. */
export const KNOWN_TOOLS = resolve(import.meta.dirname, "../node_modules/.cache/callsheet-test-tools.json");
