import type { Clip } from "./clip.ts";
import type { Endpoint, Target } from "./endpoint.ts";
import type { Fact, State } from "./state.ts";

/** One request as the core sees it; the server has read it whole. */
export interface SimulatorRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** lower-case names */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | UploadForm;
}

/** A multipart body. */
export interface UploadForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: { readonly name: string; readonly bytes: Uint8Array } | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | ServedFile;
  readonly delivery: Delivery;
}

/** A body that lies on disk or has yet to be rendered. */
export interface ServedFile {
  readonly file: { readonly clip: Clip; readonly as: "mp4" | "jpg" } | { readonly upload: string };
  readonly mediaType: string;
}

/** How the answer travels. `reset` and `hang` send none of it. */
export type Delivery = "whole" | "reset" | "hang" | "slow" | "truncated";

/** What has to be done besides answering. */
export type Effect =
  | { readonly do: "render"; readonly job: string; readonly clip: Clip }
  | { readonly do: "store"; readonly sha256: string; readonly bytes: Uint8Array }
  | { readonly do: "call-back"; readonly callback: Callback };

export interface Callback {
  readonly url: string;
  readonly taskId: string;
  readonly body: string;
  readonly fault: "duplicate" | "late" | "drop" | undefined;
}

/** One line in the list of purchases: a call, as it was understood and answered. */
export interface Call {
  readonly target: Target;
  readonly at: number;
  readonly task: string | undefined;
  readonly prompt: string | undefined;
  /** body code; the HTTP status for files */
  readonly code: number;
  readonly status: number;
  readonly message: string;
  /** whether this call bought something */
  readonly bought: boolean;
  readonly fault: string | undefined;
}

export interface Step {
  readonly state: State;
  readonly reply: Reply;
  readonly effects: readonly Effect[];
  /** what the journal must hold before the reply leaves */
  readonly facts: readonly Fact[];
  readonly call: Call | undefined;
}

/** What an endpoint has to say; the door wraps it into an envelope. */
export interface Said {
  readonly code: number;
  readonly msg: string;
  readonly data?: unknown;
  readonly facts?: readonly Fact[];
  readonly effects?: readonly Effect[];
  readonly task?: string | undefined;
  readonly prompt?: string | undefined;
  readonly warning?: string | undefined;
  /** letting the call through has used up a place in the window although nothing was bought */
  readonly usedPlace?: boolean;
}

/** An endpoint at work: everything it may look at. */
export interface Asked {
  readonly state: State;
  readonly request: SimulatorRequest;
  readonly endpoint: Endpoint;
  readonly now: number;
  /** stands for the Bearer value, which is kept nowhere */
  readonly key: string;
  /** `http://host:port` as the client called us, for addresses in the answer */
  readonly origin: string;
  readonly fault: string | undefined;
}
