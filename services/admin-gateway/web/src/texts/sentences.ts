import { language } from ".";
import indonesian from "./sentences.id.json";

// The server says its reasons, advices and answers in English, for scripts and
// logs too. This is the one place that says them in the reader's language: by
// sentences with places in them. {name} is one word, {name...} any text, which
// may itself be made of sentences. What no sentence fits stays English;
// tests/browser/test_sentences.py finds what the table lacks.

interface Sentence {
  fits: RegExp;
  names: string[];
  said: string;
  /** Characters that are not a place: the more, the closer it fits. */
  fixed: number;
}

const place = /\{(\w+)(\.\.\.)?\}/g;

function sentenceOf([english, said]: [string, string]): Sentence {
  const names: string[] = [];
  const quoted = english.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{(\w+)((?:\\\.){3})?\}/g, (_, name: string, any) => {
    names.push(name);
    return any ? "(.+?)" : "(\\S+?)";
  });
  return { fits: new RegExp(`^${quoted}$`, "s"), names, said, fixed: english.replace(place, "").length };
}

const sentences = Object.entries(indonesian)
  .map(sentenceOf)
  .sort((a, b) => b.fixed - a.fixed);

/** Pages show the same sentences again and again. */
const known = new Map<string, string>();
const mostKnown = 2000;

function translated(text: string): string {
  for (const { fits, names, said } of sentences) {
    const found = fits.exec(text);
    if (found) return said.replace(place, (_, name: string) => inIndonesian(found[names.indexOf(name) + 1] ?? ""));
  }
  return text;
}

function inIndonesian(text: string): string {
  const before = known.get(text);
  if (before !== undefined) return before;
  if (known.size >= mostKnown) known.clear();
  const now = translated(text);
  known.set(text, now);
  return now;
}

/** What the server said, in the reader's language as far as it is known. */
export function told(text: string): string {
  return language.get() === "id" ? inIndonesian(text) : text;
}
