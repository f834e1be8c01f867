/**
 * The one status that an answer has, from the two places that state one.
 *
 * The vendor answers almost everything with HTTP 200 and says in the body's `code` what happened; some hosts and
 * gateways use real statuses. The body's code wins where there is one, in either direction.
 *
 * @param httpStatus - of the status line
 * @param code - the body's, undefined when it has none
 */
export function effectiveStatus(httpStatus: number, code: number | undefined): number {
  if (code !== undefined) return code;
  return isSuccess(httpStatus) ? 200 : httpStatus;
}

function isSuccess(httpStatus: number): boolean {
  return httpStatus >= 200 && httpStatus <= 299;
}
