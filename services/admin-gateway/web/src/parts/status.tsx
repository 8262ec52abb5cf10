import type { ComponentChildren } from "preact";
import type { Severity } from "../api/shapes";
import { dateTime, fromNow } from "../format";
import { now, useStore } from "../store";
import { named } from "../texts";
import { Icon, type IconName } from "./icons";

/** Colour only where something is not as it should be; always with a sign. */
export type Tone = "calm" | "good" | "warn" | "bad" | "off";

const toneIcons: Record<Tone, IconName> = { calm: "info", good: "ok", warn: "warn", bad: "bad", off: "off" };

export function Status({ tone, icon, children }: { tone: Tone; icon?: IconName; children: ComponentChildren }) {
  return (
    <span class={`status ${tone}`}>
      <Icon name={icon ?? toneIcons[tone]} />
      <span>{children}</span>
    </span>
  );
}

export const severityTone: Record<Severity, Tone> = { info: "calm", warning: "warn", critical: "bad" };

interface BatchSigns {
  state: string;
  hold?: unknown;
}

export function stateTone(batch: BatchSigns): Tone {
  if (batch.hold) return "warn";
  if (batch.state === "failed") return "bad";
  return "calm";
}

const stateIcons: Record<string, IconName> = {
  staged: "wait",
  written: "wait",
  running: "run",
  completed: "ok",
  pushed: "ok",
  archived: "ok",
  failed: "bad",
  cancelled: "off",
  cleared: "off",
};

export function BatchState(batch: BatchSigns) {
  const tone = stateTone(batch);
  return (
    <Status tone={tone} icon={batch.hold ? "warn" : (stateIcons[batch.state] ?? "info")}>
      {named("state", batch.hold ? "held" : batch.state)}
    </Status>
  );
}

/** How long ago, the time itself when pointed at. */
export function Ago({ at }: { at: string | number | null | undefined }) {
  const time = useStore(now);
  return <time title={dateTime(at)}>{fromNow(at, time)}</time>;
}
