import { Store } from "../store";

export type FailureKind =
  | "offline" // no answer at all
  | "timeout"
  | "login" // 401
  | "forbidden" // 403
  | "missing" // 404
  | "refused" // other 4xx: the answer says why
  | "unavailable" // 503: a part is away
  | "broken"; // 5xx or no JSON

/** Why a call has no data; `message` is what the server said, if it did. */
export class Failure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly status = 0,
    /** What the server could tell all the same. */
    readonly data?: unknown,
  ) {
    super(message);
  }
}

export interface Answer<T> {
  message: string;
  data: T;
}

export interface CallOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  timeoutMs?: number;
  /** The same for each try of one decision. */
  idempotencyKey?: string;
}

const readTimeoutMs = 10_000;
/** Longer than the server waits for the longest action. */
export const actionTimeoutMs = 75_000;

/** Sent with every change; from the session. */
export const credentials = { csrf: "", user: "" };

/** Whether the last call reached the server: null, or since when not. */
export const lostSince = new Store<number | null>(null);

/** Called when the server wants a login. */
export const hooks = { onLoginWanted: () => {} };

export function apiUrl(path: string): string {
  return new URL(`api/${path}`, document.baseURI).href;
}

/** An order name as part of a path. */
export function segment(text: string | number): string {
  return encodeURIComponent(String(text));
}

export function query(parameters: Record<string, string | number | undefined | null>): string {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return text ? `?${text}` : "";
}

/** Not crypto.randomUUID, which plain http in a plant's network does not have. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function headersOf(options: CallOptions): Record<string, string> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if ((options.method ?? "GET") === "GET") return headers;
  if (credentials.csrf) headers["X-CSRF-Token"] = credentials.csrf;
  if (credentials.user) headers["X-User"] = credentials.user;
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  return headers;
}

function kindOf(status: number): FailureKind {
  if (status === 401) return "login";
  if (status === 403) return "forbidden";
  if (status === 404) return "missing";
  if (status === 503) return "unavailable";
  return status >= 500 ? "broken" : "refused";
}

/** Fetches as text within the time, the body included. */
async function exchange(path: string, options: CallOptions): Promise<{ status: number; text: string }> {
  const timeoutMs = options.timeoutMs ?? readTimeoutMs;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeoutMs);
  try {
    const response = await fetch(apiUrl(path), {
      method: options.method ?? "GET",
      headers: headersOf(options),
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      credentials: "same-origin",
      cache: "no-store",
      signal: stop.signal,
    });
    const text = await response.text();
    lostSince.set(null);
    return { status: response.status, text };
  } catch {
    if (lostSince.get() === null) lostSince.set(Date.now());
    throw stop.signal.aborted ? new Failure("timeout", String(timeoutMs / 1000)) : new Failure("offline", "");
  } finally {
    clearTimeout(timer);
  }
}

/** One call; throws Failure, and nothing else. */
export async function call<T>(path: string, options: CallOptions = {}): Promise<Answer<T>> {
  const { status, text } = await exchange(path, options);
  let answer: Partial<Answer<T>>;
  try {
    answer = text ? JSON.parse(text) : {};
  } catch {
    throw new Failure(status < 400 ? "broken" : kindOf(status), "", status);
  }
  const message = answer.message ?? "";
  if (status === 401) hooks.onLoginWanted();
  if (status >= 400) throw new Failure(kindOf(status), message, status, answer.data);
  return { message, data: answer.data as T };
}
