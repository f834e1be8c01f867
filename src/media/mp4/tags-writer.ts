import { box, letters, type Part, u8, u32, u64, utf8, versionedBox, zeros } from "./box-writer.ts";
import type { NewChapter, NewMp4, NewTag } from "./new-track.ts";

/** Whose names the tags of our own are: readers know those below Apple's alone. */
const NAMESPACE = "com.apple.iTunes";

/** Nero's list counts in ten millionths of a second, and its titles and number of chapters in a byte each. */
const CHAPTER_TICKS = 10_000_000;
const MOST_CHAPTERS = 255;
const MOST_TITLE_BYTES = 255;

/** What the file says of itself: tags, and its chapters for players that read no chapter track. */
export function tagsBox({ tags, chapters, timescale }: Pick<NewMp4, "tags" | "chapters" | "timescale">): Part {
  if (tags.length === 0 && chapters.length === 0) return [];
  return box("udta", tags.length > 0 ? metaBox(tags) : [], chapters.length > 0 ? chapterList(chapters, timescale) : []);
}

/** Tags as Apple keeps them, which all players read. @see QuickTime File Format, "Metadata" */
function metaBox(tags: readonly NewTag[]): Uint8Array {
  const handler = versionedBox("hdlr", 0, 0, zeros(4), letters("mdirappl"), zeros(9));
  return versionedBox("meta", 0, 0, handler, box("ilst", tags.map(tagBox)));
}

function tagBox(tag: NewTag): Uint8Array {
  const data = box("data", u32(1, 0), utf8(tag.value)); // 1: text in UTF-8
  if ("tag" in tag) return box(tag.tag, data);
  return box("----", versionedBox("mean", 0, 0, utf8(NAMESPACE)), versionedBox("name", 0, 0, utf8(tag.name)), data);
}

function chapterList(chapters: readonly NewChapter[], timescale: number): Uint8Array {
  const listed = chapters.slice(0, MOST_CHAPTERS);
  const entries = listed.map(({ start, title }) => {
    const name = cutText(title, MOST_TITLE_BYTES);
    return [u64(Math.round((start * CHAPTER_TICKS) / timescale)), u8(name.length), name];
  });
  return versionedBox("chpl", 1, 0, zeros(4), u8(listed.length), entries);
}

/** As many whole letters as fit. */
export function cutText(text: string, mostBytes: number): Uint8Array {
  let cut = "";
  for (const letter of text) {
    if (Buffer.byteLength(cut + letter) > mostBytes) break;
    cut += letter;
  }
  return utf8(cut);
}
