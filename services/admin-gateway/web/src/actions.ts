import { query, segment } from "./api/client";
import type { Role } from "./api/shapes";
import { Store } from "./store";

/** What a person can decide. Texts: do_<id> is the button, will_<id> what happens. */
export type ActionId =
  | "retry"
  | "reset"
  | "come_again"
  | "produce"
  | "cancel"
  | "set_aside"
  | "accept"
  | "mark_solved"
  | "acknowledge"
  | "sync"
  | "plc_sync"
  | "process"
  | "clear"
  | "reset_task1"
  | "scheduler_on"
  | "scheduler_off";

export interface Subject {
  mo_id?: string;
  batch_no?: number;
  line?: string;
  alert_id?: string;
}

interface Action {
  path: (subject: Subject, notes: string) => string;
  body?: unknown;
  role: Role;
  /** Without a reason it is not sent. */
  reason: boolean;
  /** Cannot be taken back by another button. */
  danger?: boolean;
}

const ofOrder =
  (name: string, more: Record<string, string> = {}) =>
  ({ mo_id = "" }: Subject, notes: string) =>
    `admin/manual/${name}/${segment(mo_id)}${query({ ...more, notes })}`;

export const actions: Record<ActionId, Action> = {
  retry: { path: ofOrder("retry-push-odoo"), role: "operator", reason: false },
  reset: { path: ofOrder("reset-batch"), role: "operator", reason: true },
  come_again: { path: ofOrder("reset-batch"), role: "operator", reason: true },
  produce: { path: ofOrder("reset-batch", { push_to_plc: "true" }), role: "operator", reason: true, danger: true },
  cancel: {
    path: ({ batch_no = 0, line }, notes) => `admin/manual/cancel-batch/${batch_no}${query({ line, notes })}`,
    role: "operator",
    reason: true,
    danger: true,
  },
  set_aside: { path: ofOrder("set-aside"), role: "operator", reason: true },
  accept: { path: ofOrder("accept-value"), role: "operator", reason: true },
  mark_solved: { path: ofOrder("mark-solved"), role: "operator", reason: true },
  acknowledge: {
    path: ({ alert_id = "" }, notes) => `alerts/${segment(alert_id)}/acknowledge${query({ notes })}`,
    role: "operator",
    reason: false,
  },
  sync: { path: () => "admin/trigger-sync", role: "operator", reason: false },
  plc_sync: { path: () => "admin/manual/trigger-plc-sync", role: "operator", reason: false },
  process: { path: () => "admin/manual/trigger-process-completed", role: "operator", reason: false },
  clear: {
    path: ({ line }, notes) => `admin/clear-mo-batch${query({ line, notes })}`,
    role: "operator",
    reason: true,
    danger: true,
  },
  reset_task1: {
    path: ({ line }, notes) => `admin/reset-task1-start${query({ line, notes })}`,
    role: "operator",
    reason: true,
    danger: true,
  },
  scheduler_on: { path: () => "admin/scheduler/toggle", body: { enabled: true }, role: "admin", reason: false },
  scheduler_off: { path: () => "admin/scheduler/toggle", body: { enabled: false }, role: "admin", reason: false, danger: true },
};

const serverNames: Record<string, ActionId> = {
  retry: "retry",
  reset: "reset",
  reset_and_write: "produce",
  cancel: "cancel",
  set_aside: "set_aside",
  accept: "accept",
  mark_solved: "mark_solved",
};

/** The server's names of what can be decided, as actions of this page; an older server has none. */
export function offered(names: string[] | undefined, archived: boolean): ActionId[] {
  return (names ?? []).flatMap((name) => {
    if (archived && name === "reset") return ["come_again" as const];
    const id = serverNames[name];
    return id ? [id] : [];
  });
}

/** The decision that the dialog asks about. */
export interface Asked {
  id: ActionId;
  subject: Subject;
}

export const asked = new Store<Asked | null>(null);

export function ask(id: ActionId, subject: Subject = {}): void {
  asked.set({ id, subject });
}
