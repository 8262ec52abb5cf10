import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Failure, lostSince } from "../api/client";
import type { View } from "../api/resource";
import { clock } from "../format";
import { now, useStore } from "../store";
import { t, type TextKey } from "../texts";
import { told } from "../texts/sentences";
import { Icon } from "./icons";

const kindTexts: Record<string, TextKey> = {
  offline: "fail_offline",
  timeout: "fail_timeout",
  login: "fail_login",
  forbidden: "fail_forbidden",
  missing: "fail_missing",
  unavailable: "fail_unavailable",
  broken: "fail_broken",
  refused: "fail_refused",
};

/** What went wrong in a person's words, and what the server said. */
export function failureText(failure: Failure): string {
  const words = t(kindTexts[failure.kind] ?? "fail_broken", { n: failure.message, status: failure.status });
  const said = failure.kind === "timeout" ? "" : told(failure.message);
  return said ? `${words} ${said}` : words;
}

export function Problem({ failure, retry }: { failure: Failure; retry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <Icon name={failure.kind === "unavailable" || failure.kind === "offline" ? "off" : "bad"} />
      <p>{failureText(failure)}</p>
      {retry && (
        <button type="button" onClick={retry}>
          {t("try_again")}
        </button>
      )}
    </div>
  );
}

/** Older than two slow polls: said even when no request failed. */
const oldMs = 75_000;

/** Says that what is shown is old, when it is. */
export function StaleMark({ view }: { view: View<unknown> }) {
  const time = useStore(now);
  const lost = useStore(lostSince);
  if (!view.receivedAt) return null;
  const old = view.error || lost !== null || time - view.receivedAt > oldMs;
  if (!old) return null;
  return (
    <p class="stale">
      <Icon name="wait" />
      {t("old_data", { time: clock(view.receivedAt) })}
    </p>
  );
}

interface PanelProps {
  title: string;
  /** Beside the title. */
  aside?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}

export function Panel({ title, aside, children, ...rest }: PanelProps) {
  const id = useId();
  return (
    <section class={`panel ${rest.class ?? ""}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

interface LoadedProps<T> {
  view: View<T>;
  children: (data: T) => ComponentChildren;
}

/** The data once it is there, else why it is not; a request ends by its time-out. */
export function Loaded<T>({ view, children }: LoadedProps<T>) {
  if (view.data === undefined) {
    if (view.error) return <Problem failure={view.error} retry={view.reload} />;
    return (
      <p class="loading" role="status">
        {t("loading")}
      </p>
    );
  }
  return (
    <>
      {view.error && <Problem failure={view.error} retry={view.reload} />}
      <StaleMark view={view} />
      {children(view.data)}
    </>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
