import { useEffect, useState } from "preact/hooks";
import { now } from "../store";
import { call, Failure } from "./client";
import { onEvent, streaming } from "./live";

// What the page knows of the server, by path: fetched once for all components
// that show it, and again when something happened.

export interface View<T> {
  data: T | undefined;
  /** Why the newest try failed; data may still be there, from before. */
  error: Failure | undefined;
  receivedAt: number | undefined;
  loading: boolean;
  reload: () => void;
}

const leastGapMs = 1_000;
const pollMs = 5_000;
/** With the stream open: in case it is silent about something. */
const slowPollMs = 30_000;

class Resource {
  view: View<unknown> = {
    data: undefined,
    error: undefined,
    receivedAt: undefined,
    loading: false,
    reload: () => void this.load(),
  };
  readonly watchers = new Set<(view: View<unknown>) => void>();
  private begun = 0;
  private again = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly path: string,
    private readonly events: RegExp | null,
  ) {}

  async load(): Promise<void> {
    if (this.view.loading) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.timer = undefined;
    this.again = false;
    this.begun = Date.now();
    this.show({ loading: true });
    try {
      const { data } = await call<unknown>(this.path);
      this.show({ data, error: undefined, receivedAt: Date.now(), loading: false });
    } catch (failure) {
      this.show({ error: failure as Failure, loading: false });
    }
    if (this.again) this.soon();
  }

  /** Something happened: fetch, but not more often than leastGapMs. */
  hear(event: string): void {
    if (event === "reset" || this.events?.test(event)) this.soon();
  }

  soon(): void {
    if (document.hidden) return;
    if (this.view.loading) this.again = true;
    else this.timer ??= setTimeout(() => void this.load(), Math.max(0, this.begun + leastGapMs - Date.now()));
  }

  tick(time: number): void {
    if (!this.events || this.view.loading || document.hidden) return;
    const gap = streaming.get() && !this.view.error ? slowPollMs : pollMs;
    if (time - this.begun >= gap) void this.load();
  }

  forget(): void {
    clearTimeout(this.timer);
  }

  private show(part: Partial<View<unknown>>): void {
    this.view = { ...this.view, ...part };
    for (const watcher of [...this.watchers]) watcher(this.view);
  }
}

const known = new Map<string, Resource>();

onEvent((event) => known.forEach((one) => one.hear(event.name)));
now.watch((time) => known.forEach((one) => one.tick(time)));
document.addEventListener("visibilitychange", () => known.forEach((one) => one.soon()));

/** After an action: everything on the page. */
export function reloadAll(): void {
  known.forEach((one) => void one.load());
}

const idle: View<never> = {
  data: undefined,
  error: undefined,
  receivedAt: undefined,
  loading: false,
  reload: () => {},
};

/** Everything that changes what the page shows of batches and parts. */
export const anything = /^(batch|plc|odoo|queue|alert|line|service|scheduler|mo|task)\./;

/**
 * Data of a GET. `events` are the events after which it is fetched again; null:
 * only when asked. Without a path: nothing.
 */
export function useResource<T>(path: string | null, events: RegExp | null = anything): View<T> {
  const [view, setView] = useState<View<unknown>>(() => (path && known.get(path)?.view) || idle);
  useEffect(() => {
    if (!path) {
      setView(idle);
      return;
    }
    let resource = known.get(path);
    if (!resource) known.set(path, (resource = new Resource(path, events)));
    const mine = resource;
    mine.watchers.add(setView);
    setView(mine.view);
    if (mine.watchers.size === 1) void mine.load();
    return () => {
      mine.watchers.delete(setView);
      if (mine.watchers.size > 0) return;
      mine.forget();
      known.delete(path);
    };
  }, [path]);
  return view as View<T>;
}
