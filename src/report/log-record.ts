import { stepCredits, stepKey } from "../plan/step.ts";
import type { News } from "../run/news.ts";
import { redact } from "./redact.ts";

/** One line of the run's log: everything JSON can hold, nothing that is secret. */
export type LogRecord = Readonly<Record<string, unknown>> & { readonly news: News["news"] };

/**
 * What the log keeps of a piece of news. Progress comes many times a second and is left out.
 *
 * @param secrets - texts that must not be written wherever they turn up: the key
 */
export function logRecord(news: News, secrets: readonly string[] = []): LogRecord | undefined {
  switch (news.news) {
    case "progress":
      return undefined;
    case "recorded": {
      const { seq, at, event } = news.recorded;
      return { news: news.news, seq, at, event: redact(event, secrets) };
    }
    case "waiting":
    case "buying-stopped":
    case "called":
    case "callback-ignored":
    case "awaiting-callbacks":
      return { ...(redact(news, secrets) as object), news: news.news };
    case "started":
    case "ended":
      return { news: news.news, step: stepKey(news.step), credits: stepCredits(news.step) };
    case "retrying":
    case "resting": {
      const { step, ...rest } = news;
      return { ...(redact(rest, secrets) as object), news: news.news, step: stepKey(step) };
    }
  }
}
