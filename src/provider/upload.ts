import type { Sha256 } from "../shot/id.ts";
import type { ImageType } from "../shot/take.ts";
import type { Caller } from "./call.ts";
import type { Reply } from "./envelope.ts";
import { sortFree } from "./free-call.ts";
import type { FreeOutcome } from "./outcome.ts";
import type { FileUpload, Provider, UrlUpload } from "./provider.ts";
import { readUrlList } from "./url-list.ts";
import { looseObject, looseText } from "./vendor-json.ts";

/** Up to here the vendor recommends base64, above it the stream. @see kie.ai File Upload API quickstart */
const MOST_BASE64_BYTES = 10_000_000;

/** Folder on the vendor's side, below the account's own; no slash at either end. */
const UPLOAD_PATH = "callsheet";

const EXTENSION: Readonly<Record<ImageType, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
};

/**
 * A name that no other picture has and whose ending tells the true type: the host serves by the name's ending, and a
 * PNG that was served as JPEG made every take fail.
 */
export function uploadName(sha256: Sha256, mediaType: ImageType): string {
  return `${sha256}.${EXTENSION[mediaType]}`;
}

/** Uploads a picture the way that its size asks for. */
export function uploadStill(
  provider: Pick<Provider, "uploadBase64" | "uploadStream">,
  upload: FileUpload,
  signal?: AbortSignal,
): Promise<FreeOutcome<string>> {
  const isSmall = upload.bytes.length <= MOST_BASE64_BYTES;
  return isSmall ? provider.uploadBase64(upload, signal) : provider.uploadStream(upload, signal);
}

/** @see kie.ai "Base64 File Upload": POST /api/file-base64-upload. Raw base64, as data URLs were refused at times */
export async function uploadBase64(
  call: Caller,
  upload: FileUpload,
  signal?: AbortSignal,
): Promise<FreeOutcome<string>> {
  const body = {
    base64Data: Buffer.from(upload.bytes).toString("base64"),
    uploadPath: UPLOAD_PATH,
    fileName: upload.name,
  };
  return sortUpload(await call({ host: "upload", method: "POST", path: "/api/file-base64-upload", body }, signal));
}

/** @see kie.ai "File Stream Upload": POST /api/file-stream-upload */
export async function uploadStream(
  call: Caller,
  upload: FileUpload,
  signal?: AbortSignal,
): Promise<FreeOutcome<string>> {
  const body = {
    fields: { uploadPath: UPLOAD_PATH, fileName: upload.name },
    file: { field: "file", name: upload.name, type: upload.mediaType, bytes: upload.bytes },
  };
  return sortUpload(await call({ host: "upload", method: "POST", path: "/api/file-stream-upload", body }, signal));
}

/** The vendor fetches the picture itself. @see kie.ai "URL File Upload": POST /api/file-url-upload */
export async function uploadUrl(call: Caller, upload: UrlUpload, signal?: AbortSignal): Promise<FreeOutcome<string>> {
  const body = { fileUrl: upload.url, uploadPath: UPLOAD_PATH, fileName: upload.name };
  return sortUpload(await call({ host: "upload", method: "POST", path: "/api/file-url-upload", body }, signal));
}

const uploadedFields = looseObject({ downloadUrl: looseText, fileUrl: looseText });

/** Unlike the API, this host answers with real HTTP statuses, and Cloudflare before it with pages of its own. */
function sortUpload(reply: Reply): FreeOutcome<string> {
  if (reply.reply === "unreadable" && reply.httpStatus === 403) {
    const isNameBlock = /\b1010\b/.test(reply.message);
    const cause = isNameBlock ? "Cloudflare turned this client's name away (1010)" : "the upload host let nobody in";
    return { outcome: "refused", cause: "unavailable", code: 403, message: `${cause}: ${reply.message}` };
  }
  if (reply.reply !== "none" && reply.httpStatus === 413) {
    return { outcome: "refused", cause: "image", code: 413, message: reply.message || "the file is too large" };
  }
  return sortFree(reply, (data) => {
    const { downloadUrl, fileUrl } = uploadedFields.parse(data);
    return readUrlList(downloadUrl)[0] ?? readUrlList(fileUrl)[0]; // the quickstart's name, in no real answer yet
  });
}
