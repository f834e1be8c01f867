import type { World } from "../world/world.ts";
import { openCaller } from "./call.ts";
import { credit } from "./credit.ts";
import { downloadUrl } from "./download-url.ts";
import { extend } from "./extend.ts";
import { generate } from "./generate.ts";
import type { Provider, ProviderSettings } from "./provider.ts";
import { recordInfo } from "./record-info.ts";
import { get4k, get1080p } from "./upgrade.ts";
import { uploadBase64, uploadStream, uploadUrl } from "./upload.ts";

/** The vendor behind two addresses and a key. Keeps nothing: each function stands for itself. */
export function openProvider(settings: ProviderSettings, world: Pick<World, "http" | "clock">): Provider {
  const call = openCaller(settings, world);
  return {
    generate: (wanted, signal) => generate(call, wanted, signal),
    extend: (wanted, signal) => extend(call, wanted, signal),
    recordInfo: (task, signal) => recordInfo(call, task, settings.key, signal),
    get1080p: (task, index, signal) => get1080p(call, task, index, signal),
    get4k: (task, index, signal, callBackUrl) => get4k(call, task, index, signal, callBackUrl),
    credit: (signal) => credit(call, signal),
    downloadUrl: (url, signal) => downloadUrl(call, url, signal),
    uploadBase64: (upload, signal) => uploadBase64(call, upload, signal),
    uploadStream: (upload, signal) => uploadStream(call, upload, signal),
    uploadUrl: (upload, signal) => uploadUrl(call, upload, signal),
  };
}
