/** Why a take is bought. */
export type BuyReason =
  | "never made"
  | "prompt changed"
  | "model changed"
  | "picture it starts from changed"
  | "parent changed"
  | "settings changed"
  | "another take wanted"
  | "put off before"
  | "forced"
  | "tried again"
  | "failed before"
  | "refused before"
  | "passed over before";
