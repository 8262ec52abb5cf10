import { remembered, Store } from "../store";
import { en } from "./en";
import { id } from "./id";

export type TextKey = keyof typeof en;
export type Language = "en" | "id";

const dictionaries: Record<Language, Record<TextKey, string>> = { en, id };

export const chosenLanguage = remembered<"auto" | Language>("language", "auto");

function browserLanguage(): Language {
  const wanted = navigator.languages ?? [navigator.language];
  const first = wanted.map((one) => one.slice(0, 2).toLowerCase()).find((one) => one === "en" || one === "id" || one === "in");
  return first === "id" || first === "in" ? "id" : "en";
}

function current(): Language {
  const chosen = chosenLanguage.get();
  return chosen === "auto" ? browserLanguage() : chosen;
}

export const language = new Store<Language>(current());
chosenLanguage.watch(() => language.set(current()));
language.watch((now) => (document.documentElement.lang = now));
document.documentElement.lang = language.get();

/** The text with its {names} filled in. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return dictionaries[language.get()][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

/** "one" or "many" of a text, by the number {n}. */
export function counted(one: TextKey, many: TextKey, n: number): string {
  const rule = new Intl.PluralRules(language.get()).select(n);
  return t(rule === "one" && n === 1 ? one : many, { n });
}

function isKey(key: string): key is TextKey {
  return key in dictionaries.en;
}

/** The text of a name that the server made, or what to show instead. */
export function named(prefix: string, name: string, fallback = name): string {
  const key = `${prefix}_${name}`;
  return isKey(key) ? t(key) : fallback.replace(/_/g, " ");
}

export function hasText(key: string): boolean {
  return isKey(key);
}
