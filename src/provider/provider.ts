import type { TaskId } from "../shot/id.ts";
import type { AspectRatio, Model } from "../shot/model.ts";
import type { ImageType } from "../shot/take.ts";
import type { FreeOutcome, RecordOutcome, SubmitOutcome, UpgradeOutcome } from "./outcome.ts";

/** The vendor's ten endpoints. Each call is sent once and its answer sorted into one outcome; nothing is retried here. */
export interface Provider {
  generate(call: GenerateCall, signal?: AbortSignal): Promise<SubmitOutcome>;
  extend(call: ExtendCall, signal?: AbortSignal): Promise<SubmitOutcome>;
  recordInfo(task: TaskId, signal?: AbortSignal): Promise<RecordOutcome>;
  /** a GET that buys: the first call starts the work and is charged */
  get1080p(task: TaskId, index: number, signal?: AbortSignal): Promise<UpgradeOutcome>;
  get4k(task: TaskId, index: number, signal?: AbortSignal, callBackUrl?: string): Promise<UpgradeOutcome>;
  /** credits left, account-wide; a fraction is possible */
  credit(signal?: AbortSignal): Promise<FreeOutcome<number>>;
  /** a link to the same file that works for 20 minutes */
  downloadUrl(url: string, signal?: AbortSignal): Promise<FreeOutcome<string>>;
  uploadBase64(upload: FileUpload, signal?: AbortSignal): Promise<FreeOutcome<string>>;
  uploadStream(upload: FileUpload, signal?: AbortSignal): Promise<FreeOutcome<string>>;
  uploadUrl(upload: UrlUpload, signal?: AbortSignal): Promise<FreeOutcome<string>>;
}

export interface GenerateCall {
  readonly prompt: string;
  readonly model: Model;
  readonly aspectRatio: AspectRatio;
  readonly translate: boolean;
  readonly seed?: number;
  /** addresses the vendor can fetch; one or two frames, or one to three references */
  readonly stills: { readonly use: "none" | "frames" | "references"; readonly urls: readonly string[] };
  readonly callBackUrl?: string;
}

export interface ExtendCall {
  readonly task: TaskId;
  readonly prompt: string;
  readonly model: Model;
  readonly seed?: number;
  readonly callBackUrl?: string;
}

export interface FileUpload {
  readonly bytes: Uint8Array;
  readonly mediaType: ImageType;
  /** without folder; its extension must fit the bytes, as the host serves by name */
  readonly name: string;
}

export interface UrlUpload {
  readonly url: string;
  readonly name: string;
}

export interface ProviderSettings {
  /** origin without path */
  readonly apiUrl: string;
  /** origin without path */
  readonly uploadUrl: string;
  readonly key: string;
}
