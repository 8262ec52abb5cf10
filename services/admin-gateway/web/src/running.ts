import { onEvent } from "./api/live";
import { now, Store } from "./store";
import type { ActionId } from "./actions";

// Actions that somebody has started and that are not answered yet, as the event
// stream tells them: so they are seen on every screen, also after the dialog was
// closed. What began before the stream was opened is not known here.

export interface Running {
  request_id: string;
  id: ActionId | null;
  action: string;
  user: string;
  about: string;
  since: number;
}

/** The server answers within this in any case. */
const longestMs = 150_000;

const ids: Record<string, ActionId> = {
  retry_push: "retry",
  reset_batch: "reset",
  cancel_batch: "cancel",
  set_aside: "set_aside",
  accept_value: "accept",
  mark_solved: "mark_solved",
  acknowledge_alert: "acknowledge",
  clear_mo_batch: "clear",
  reset_task1_start: "reset_task1",
  trigger_sync: "sync",
  trigger_plc_sync: "plc_sync",
  trigger_process_completed: "process",
};

export const running = new Store<Running[]>([]);

function without(request_id: string): Running[] {
  return running.get().filter((one) => one.request_id !== request_id);
}

onEvent(({ name, text }) => {
  if (name === "reset") return running.set([]); // what happened meanwhile is not known
  if (name !== "action.started" && name !== "action.ended") return;
  const { data } = JSON.parse(text ?? "{}") as { data?: Omit<Running, "id" | "since"> };
  if (!data) return;
  const others = without(data.request_id);
  running.set(name === "action.ended" ? others : [...others, { ...data, id: ids[data.action] ?? null, since: Date.now() }]);
});

now.watch((time) => {
  const all = running.get();
  if (all.some((one) => time - one.since > longestMs)) running.set(all.filter((one) => time - one.since <= longestMs));
});
