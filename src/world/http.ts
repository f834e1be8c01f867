/**
 * HTTP. No answer is ever an exception: a status is data, and what went wrong on the way is an `HttpError`.
 * Redirects are never followed here. All times are nominal (see `Clock`).
 */
export interface Http {
  /** sends and reads the whole answer as text, up to `mostBytes` */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** sends and hands the body on as it comes; the caller reads it to its end or calls `close` */
  open(request: HttpRequest): Promise<HttpStream>;
  /** closes idle connections */
  close(): Promise<void>;
}

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | HttpForm;
  readonly timeouts: HttpTimeouts;
  /** a purchase gets a connection of its own: an old one that dies in our hands leaves the question whether it was read */
  readonly ownConnection?: boolean;
  /** a longer answer is an `HttpError` with code `ANSWER_TOO_LONG`; default 4 MiB. `open` leaves counting to its caller */
  readonly mostBytes?: number;
  /**
   * connect to public addresses only, whatever the name resolves to: else an `HttpError` with code
   * `ADDRESS_NOT_PUBLIC`. Behind a proxy only an address that stands in the URL itself can be judged
   */
  readonly publicOnly?: boolean;
  readonly signal?: AbortSignal;
}

/** A `multipart/form-data` body. */
export interface HttpForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: { readonly field: string; readonly name: string; readonly type: string; readonly bytes: Uint8Array };
}

export interface HttpTimeouts {
  readonly connectMs: number;
  readonly headersMs: number;
  /** `send`: for the whole body; `open`: for each silence within it */
  readonly bodyMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** lower-case names; of a repeated header the first value */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** No whole answer came. Only `neverSent` proves that the server did not read the request. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  constructor(
    message: string,
    /**
     * undici's or the system's code, such as `ECONNREFUSED` or `UND_ERR_HEADERS_TIMEOUT`; ours are `ABORTED`,
     * `ANSWER_TOO_LONG`, `ANSWER_GARBLED`, `ADDRESS_NOT_PUBLIC`
     */
    readonly code: string,
    /** true only when no connection was made: refused, no such host, connect timeout, no TLS */
    readonly neverSent: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
