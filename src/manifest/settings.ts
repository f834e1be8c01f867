import type { Draft } from "./draft.ts";
import type { Path } from "./located.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { quoted } from "./wording.ts";

type ShotDraft = Draft<ManifestText["shots"][number]>;
type CommonDraft = Draft<NonNullable<ManifestText["defaults"]>>;

/** A shot's settings, each with where it was said: in the shot itself or in `defaults`. */
export interface Settings {
  /** `shot "lamp"`, or `shot 3` when it has no name */
  readonly subject: string;
  /** the shot */
  readonly at: Path;
  /** where the shot can be pointed at by name */
  readonly namedAt: Path;
  readonly own: ShotDraft;
  get<Key extends keyof CommonDraft & keyof ShotDraft>(key: Key): Setting<CommonDraft[Key]>;
}

interface Setting<Value> {
  /** undefined: said nowhere, or found wrong already */
  readonly value: Exclude<Value, undefined> | undefined;
  readonly at: Path;
  readonly own: boolean;
}

export function settingsOf(index: number, sheet: Sheet<ManifestText>): Settings | undefined {
  const own = sheet.draft.shots?.[index];
  if (own === undefined) return undefined;
  const at = ["shots", index];
  return {
    subject: own.id === undefined ? `shot ${index + 1}` : `shot ${quoted(own.id)}`,
    at,
    namedAt: own.id === undefined ? at : [...at, "id"],
    own,
    get: (key) => {
      if (sheet.stands([...at, key])) return { value: own[key] as never, at: [...at, key], own: true };
      return { value: sheet.draft.defaults?.[key] as never, at: ["defaults", key], own: false };
    },
  };
}
