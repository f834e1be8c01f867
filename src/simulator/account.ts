import { refusal } from "./create.ts";
import type { Asked, Said } from "./exchange.ts";
import { readObject, readText } from "./read-body.ts";
import { freshLink } from "./result-file.ts";
import { balanceOf } from "./state.ts";

/** `GET /api/v1/chat/credit`: a bare number, and not always a whole one. */
export function credit({ state }: Asked): Said {
  return { code: 200, msg: "success", data: Math.round(balanceOf(state) * 100) / 100 };
}

/** `POST /api/v1/common/download-url`: a bare string; an address that is not the vendor's own is refused. */
export function downloadUrl(asked: Asked): Said {
  const url = readText(readObject(asked.request)?.["url"]);
  if (url === undefined) return refusal(422, "url cannot be empty");
  const link = freshLink(asked.state, url, asked.origin, asked.now);
  return link === undefined ? refusal(422, "url is wrong") : { code: 200, msg: "success", data: link };
}
