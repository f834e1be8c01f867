/** Where the vendor's OpenAPI document disagrees with its own prose, its own examples or its live answers. */
export interface Contradiction {
  /** the endpoint, and what Prism says of its answer */
  readonly violation: string;
  readonly why: string;
}

const property = (name: string) => `response.body.${name}: Response body property ${name}`;
const times = "live answers give epoch milliseconds, the document's example a text without zone that is no date-time";
const nulls = "its own examples and live answers say null where there is nothing, but no property is nullable";
const codes = "the page that words the answer while 1080P is processing puts it under 400, which this list lacks";

/** Every one was met on 2026-11-21 by the test beside this file, which fails when one is missing or new. */
export const CONTRADICTIONS: readonly Contradiction[] = [
  { violation: `record-info ${property("data.completeTime")} must be string`, why: times },
  { violation: `record-info ${property("data.createTime")} must be string`, why: times },
  { violation: `record-info ${property("data.response")} must be object`, why: nulls },
  { violation: `record-info ${property("data.response.originUrls")} must be array`, why: nulls },
  { violation: `record-info ${property("data.errorCode")} must be integer`, why: nulls },
  {
    violation: `record-info ${property("data.errorCode")} must be equal to one of the allowed values: 400, 500, 501`,
    why: nulls,
  },
  { violation: `record-info ${property("data.errorMessage")} must be string`, why: nulls },
  { violation: `record-info ${property("data")} must be object`, why: nulls },
  {
    violation: `record-info ${property("data.successFlag")} must be equal to one of the allowed values: 0, 1, 2`,
    why: "the same page's table of states goes from 0 to 3",
  },
  {
    violation: `get-1080p-video ${property("code")} must be equal to one of the allowed values: 200, 401, 404, 422, 429, 451, 455, 500`,
    why: codes,
  },
  { violation: `get-1080p-video ${property("data")} must be object`, why: nulls },
  { violation: `get-4k-video ${property("data.resultUrls")} must be array`, why: nulls },
  { violation: `get-4k-video ${property("data.imageUrls")} must be array`, why: nulls },
];
