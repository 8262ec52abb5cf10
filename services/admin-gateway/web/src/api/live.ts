import { Store } from "../store";
import { apiUrl } from "./client";

// The event stream, read with fetch instead of EventSource: so the comments that
// keep it alive are seen, and a connection that died silently is noticed.

export interface LiveEvent {
  /** "batch.updated", of the type millrace.batch.updated.v1. */
  name: string;
  id: string;
  /** The CloudEvent, as JSON. */
  text?: string;
}

/** Two of the server's comments missed, and some. */
const silenceMs = 40_000;
const firstPauseMs = 1_000;
const longestPauseMs = 15_000;

/** Whether events arrive; without them the page asks by itself. */
export const streaming = new Store(false);

type Listener = (event: LiveEvent) => void;
const listeners = new Set<Listener>();
let lastId = "";
let wanted = false;
let stop: AbortController | null = null;
let pauseOver: (() => void) | null = null;

export function onEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function tell(event: LiveEvent): void {
  for (const listener of [...listeners]) listener(event);
}

export function shortName(type: string): string {
  return type.replace(/^millrace\./, "").replace(/\.v\d+$/, "");
}

/** One event's lines, without the blank line after them. */
function take(block: string): void {
  let type = "message";
  let text = "";
  for (const line of block.split("\n")) {
    const [, field, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (field === "id" && value !== undefined) lastId = value;
    if (field === "event" && value !== undefined) type = value;
    if (field === "data" && value !== undefined) text = value;
  }
  if (/^(data|event|id):/m.test(block)) tell({ name: shortName(type), id: lastId, text });
}

async function readStream(body: ReadableStream<Uint8Array>, heard: () => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    text += decoder.decode(value, { stream: true }).replace(/\r/g, "");
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    blocks.forEach(take);
  }
}

/** Reads until it ends; true when it had been open. */
async function listenOnce(): Promise<boolean> {
  const control = new AbortController();
  stop = control;
  let timer = setTimeout(() => control.abort(), silenceMs);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => control.abort(), silenceMs);
  };
  let opened = false;
  try {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (lastId) headers["Last-Event-ID"] = lastId;
    const response = await fetch(apiUrl("events"), {
      headers,
      credentials: "same-origin",
      cache: "no-store",
      signal: control.signal,
    });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
    if (!response.ok || !isStream || !response.body) return false;
    opened = true;
    streaming.set(true);
    tell({ name: "reset", id: "" }); // whatever happened before is fetched
    await readStream(response.body, heard);
  } catch {
    // Ended by the network, the silence or stopLive: all the same.
  } finally {
    clearTimeout(timer);
    control.abort();
    streaming.set(false);
  }
  return opened;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    pauseOver = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

export async function startLive(): Promise<void> {
  if (wanted) return;
  wanted = true;
  let wait = firstPauseMs;
  while (wanted) {
    const opened = await listenOnce();
    wait = opened ? firstPauseMs : Math.min(wait * 2, longestPauseMs);
    if (wanted) await pause(wait);
  }
}

export function stopLive(): void {
  wanted = false;
  stop?.abort();
  pauseOver?.();
}

/** Tries at once instead of after the pause. */
export function hurryLive(): void {
  pauseOver?.();
}

addEventListener("online", hurryLive);
