import { expect, test } from "vitest";
import type { SequenceClip } from "../../src/manifest/manifest.ts";
import { planFilm } from "../../src/plan/film.ts";
import { standingsOf } from "../../src/plan/standing.ts";
import type { Sha256, ShotId } from "../../src/shot/id.ts";
import type { Transition } from "../../src/shot/transition.ts";
import { afterGoodRun, manifest, sequence, shot, view } from "./batch.ts";

/** When a shot's voice begins, half a second after its shot, in a film that shows the shot like this behind another one of 8 s. */
function voiceBegins(about: Partial<SequenceClip>, times = 1): readonly number[] | undefined {
  const file = { path: "/films/voice.wav", sha256: "5e".repeat(32) as Sha256, type: "wav" } as const;
  const shots = [
    shot("before"),
    shot("spoken", { sound: { native: 0, voice: { file, startSeconds: 0.5, gainDb: 0 } } }),
  ];
  const film = sequence("film", ["before", ...Array.from({ length: times }, () => "spoken")]);
  const clips = film.clips.map((clip) => (clip.shot === ("spoken" as ShotId) ? { ...clip, ...about } : clip));
  const wanted = manifest(shots, [{ ...film, clips }]);
  const known = view(wanted, afterGoodRun(wanted));
  return planFilm({ ...film, clips }, known, standingsOf(known))?.sound.voices.map(({ startSeconds }) => startSeconds);
}

function behind(kind: Transition["kind"]): Partial<SequenceClip> {
  return { transition: { kind, seconds: 1 } };
}

test("a shot's voice is counted from the first frame that the film shows of it, under a transition too, but not while it is held", () => {
  expect(voiceBegins({})).toEqual([8.5]);
  expect(voiceBegins({ in: 3, out: 7 })).toEqual([8.5]);
  expect(voiceBegins(behind("dissolve"))).toEqual([7.5]);
  expect(voiceBegins({ in: 3, ...behind("fade_black") })).toEqual([7.5]);
  expect(voiceBegins(behind("hold"))).toEqual([8.5]);
  expect(voiceBegins({ out: 2 }, 2)).toEqual([8.5, 10.5]);
});
