import { createHash } from "node:crypto";
import { drawHex } from "./draw.ts";
import type { Asked, Said } from "./exchange.ts";
import { isPublic, uploadAt } from "./image.ts";
import { pictureFacts, typeByName } from "./picture.ts";
import { readObject, readText } from "./read-body.ts";
import type { Upload } from "./state.ts";

/** A grey pixel as PNG: what the pretended fetch of a picture on the network brings home. */
const GREY_PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
  "base64",
);

/** `POST /api/file-base64-upload` */
export function uploadBase64(asked: Asked): Said {
  const body = readObject(asked.request) ?? {};
  const sent = readText(body["base64Data"]);
  if (sent === undefined) return { code: 400, msg: "Missing required parameter: base64Data" };
  const base64 = sent.replace(/^data:[^,]*;base64,/, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64.replace(/\s/g, ""))) {
    return { code: 400, msg: "Base64 decoding failed: Invalid Base64 format" };
  }
  return keep(asked, body["uploadPath"], body["fileName"], { bytes: Buffer.from(base64, "base64") });
}

/** `POST /api/file-stream-upload` */
export function uploadStream(asked: Asked): Said {
  const form = typeof asked.request.body === "string" ? undefined : asked.request.body;
  if (!form?.file) return { code: 400, msg: "Missing required parameter: file" };
  return keep(asked, form.fields["uploadPath"], form.fields["fileName"] ?? form.file.name, { bytes: form.file.bytes });
}

/** `POST /api/file-url-upload`: an upload of ours is copied, an address on the network gives a grey pixel. */
export function uploadUrl(asked: Asked): Said {
  const body = readObject(asked.request) ?? {};
  const url = readText(body["fileUrl"]);
  if (url === undefined) return { code: 400, msg: "Missing required parameter: fileUrl" };
  const own = uploadAt(asked.state, url, asked.now);
  if (!own && !isPublic(url)) return { code: 500, msg: "Failed to download the file" };
  return keep(asked, body["uploadPath"], body["fileName"], own ? { own } : { bytes: GREY_PIXEL });
}

/** A repeated name overwrites what was there, as at the vendor's. */
function keep(
  asked: Asked,
  uploadPath: unknown,
  fileName: unknown,
  content: { readonly bytes: Uint8Array } | { readonly own: Upload },
): Said {
  const { state, now, origin } = asked;
  const folder = readText(uploadPath);
  if (folder === undefined) return { code: 400, msg: "Missing required parameter: uploadPath" };
  const facts = "own" in content ? content.own : factsOf(content.bytes);
  const random = `${now}-${drawHex(state.seed, `upload ${state.uploads.size}`, 11)}.${facts.trueType?.split("/")[1] ?? "bin"}`;
  const name = readText(fileName) ?? random;
  const filePath = `kieai/136592/${folder}/${name}`;
  const upload: Upload = { ...facts, path: `/${filePath}`, at: now, mediaType: typeByName(name) };
  const data = {
    success: true,
    fileName: name,
    filePath,
    downloadUrl: `${origin}/${filePath.split("/").map(encodeURIComponent).join("/")}`,
    fileSize: facts.bytes,
    mimeType: upload.mediaType,
    uploadedAt: new Date(now).toISOString(),
  };
  return {
    code: 200,
    msg: "File uploaded successfully",
    data,
    facts: [{ fact: "uploaded", upload }],
    effects: "own" in content ? [] : [{ do: "store", sha256: facts.sha256, bytes: content.bytes }],
  };
}

function factsOf(bytes: Uint8Array): Pick<Upload, "sha256" | "bytes" | "trueType" | "size"> {
  const { mediaType, size } = pictureFacts(bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { sha256, bytes: bytes.length, trueType: mediaType, size };
}
