/** The vendor's ten endpoints, plus the two things that faults can also strike: result files and callbacks. */
export const ENDPOINTS = {
  generate: { method: "POST", path: "/api/v1/veo/generate", host: "api" },
  "record-info": { method: "GET", path: "/api/v1/veo/record-info", host: "api" },
  "get-1080p-video": { method: "GET", path: "/api/v1/veo/get-1080p-video", host: "api" },
  "get-4k-video": { method: "POST", path: "/api/v1/veo/get-4k-video", host: "api" },
  extend: { method: "POST", path: "/api/v1/veo/extend", host: "api" },
  credit: { method: "GET", path: "/api/v1/chat/credit", host: "api" },
  "download-url": { method: "POST", path: "/api/v1/common/download-url", host: "api" },
  "file-base64-upload": { method: "POST", path: "/api/file-base64-upload", host: "upload" },
  "file-stream-upload": { method: "POST", path: "/api/file-stream-upload", host: "upload" },
  "file-url-upload": { method: "POST", path: "/api/file-url-upload", host: "upload" },
} as const satisfies Record<string, { method: "GET" | "POST"; path: string; host: "api" | "upload" }>;

export type Endpoint = keyof typeof ENDPOINTS;
export const ENDPOINT_NAMES = Object.keys(ENDPOINTS) as readonly Endpoint[];

/** Anything a fault rule can name. */
export type Target = Endpoint | "file" | "callback";
export const TARGETS: readonly Target[] = [...ENDPOINT_NAMES, "file", "callback"];

/** Which endpoint a path belongs to; undefined for a result file or anything else. */
export function endpointAt(path: string): Endpoint | undefined {
  return ENDPOINT_NAMES.find((name) => ENDPOINTS[name].path === path);
}
