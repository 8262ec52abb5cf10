import { language, t } from "./texts";

/** Numbers and dates as people here write them. */
function locale(): string {
  if (language.get() === "id") return "id-ID";
  const own = navigator.languages?.find((one) => one.startsWith("en-"));
  return own ?? "en-GB";
}

export const none = "–";

export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || Number.isNaN(value)) return none;
  return new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

export function kg(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined ? none : `${number(value, digits)} kg`;
}

export function percent(share: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share);
}

/** With its sign: +1,25. */
export function difference(value: number, digits = 2): string {
  return new Intl.NumberFormat(locale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: "exceptZero",
  }).format(value);
}

/** Milliseconds since 1970 of a time that the server wrote, or null. */
export function instant(text: string | null | undefined): number | null {
  if (!text) return null;
  // "2026-11-22 20:45:00+00" of PostgreSQL too.
  const ms = Date.parse(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
  return Number.isNaN(ms) ? null : ms;
}

function formatted(at: number | string | null | undefined, style: Intl.DateTimeFormatOptions): string {
  const ms = typeof at === "number" ? at : instant(at);
  return ms === null ? none : new Intl.DateTimeFormat(locale(), { hourCycle: "h23", ...style }).format(ms);
}

export function clock(at: number | string | null | undefined): string {
  return formatted(at, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

export function dateTime(at: number | string | null | undefined): string {
  return formatted(at, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

export function day(at: number | string | null | undefined): string {
  return formatted(at, { month: "short", day: "numeric" });
}

/** Seconds as "45 s", "12 min", "3 h 5 min", "2 d 4 h". */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return t("unit_s", { n: number(s) });
  if (s < 90 * 60) return t("unit_min", { n: number(Math.round(s / 60)) });
  const hours = Math.floor(s / 3600);
  if (hours < 48) return `${t("unit_h", { n: hours })} ${t("unit_min", { n: Math.round((s % 3600) / 60) })}`;
  return `${t("unit_d", { n: Math.floor(hours / 24) })} ${t("unit_h", { n: hours % 24 })}`;
}

/** "12 s ago", "in 4 min". */
export function fromNow(at: string | number | null | undefined, now: number): string {
  const ms = typeof at === "number" ? at : instant(at);
  if (ms === null) return none;
  const seconds = (now - ms) / 1000;
  if (Math.abs(seconds) < 1.5) return t("just_now");
  return seconds > 0 ? t("ago", { time: duration(seconds) }) : t("in_time", { time: duration(-seconds) });
}
