import { type Running, running } from "../running";
import { now, useStore } from "../store";
import { named, t } from "../texts";
import { Icon } from "./icons";

/** Shorter ones are over before anybody has read of them. */
const worthShowingMs = 2_000;

function words(one: Running, time: number): string {
  const what = one.id ? named("do", one.id) : one.action.replace(/_/g, " ");
  const whole = [one.user, what, one.about].filter(Boolean).join(" · ");
  return t("action_runs", { what: whole, n: Math.round((time - one.since) / 1000) });
}

/** What people have started and what is not through. */
export function RunningActions() {
  const time = useStore(now);
  const shown = useStore(running).filter((one) => time - one.since >= worthShowingMs);
  if (shown.length === 0) return null;
  return (
    <ul class="running-actions">
      {shown.map((one) => (
        <li key={one.request_id}>
          <Icon name="run" /> {words(one, time)}
        </li>
      ))}
    </ul>
  );
}
