import { useEffect, useState } from "preact/hooks";

/** A value that components watch. */
export class Store<T> {
  private readonly watchers = new Set<(value: T) => void>();

  constructor(private value: T) {}

  get(): T {
    return this.value;
  }

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const watcher of [...this.watchers]) watcher(value);
  }

  watch(watcher: (value: T) => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }
}

export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState(store.get());
  useEffect(() => {
    setValue(store.get());
    return store.watch(setValue);
  }, [store]);
  return value;
}

/** The time, once a second; what shows an age watches it. */
export const now = new Store(Date.now());
setInterval(() => now.set(Date.now()), 1000);

/** What a person chose, kept in this browser; without storage for this visit. */
export function remembered<T extends string>(key: string, fallback: T): Store<T> {
  const name = `millrace.${key}`;
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(name);
  } catch {
    // Private browsing: the choice lasts as long as the page.
  }
  const store = new Store<T>((kept as T | null) ?? fallback);
  store.watch((value) => {
    try {
      localStorage.setItem(name, value);
    } catch {
      // As above.
    }
  });
  return store;
}
