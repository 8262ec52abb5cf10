import type { Alert, Severity, Waiting } from "./api/shapes";
import { type ActionId, offered } from "./actions";

// What needs a person, gathered from failed-to-push and the alerts: one entry
// per batch, whatever is reported about it.

export interface Trouble {
  key: string;
  /** Of a hold, an error of Odoo or an alert: chooses words and buttons. */
  kind: string;
  line: string;
  mo_id: string | null;
  batch_no: number | null;
  state: string | null;
  severity: Severity;
  /** The server's words, with its figures. */
  reason: string;
  advice: string;
  since: string | null;
  needsPerson: boolean;
  waiting?: Waiting;
  alerts: Alert[];
}

const refusedByOdoo = new Set(["rejected", "not_found", "partial", "closed", "cancelled", "ahead"]);

/** Said for information: nothing of it waits for a decision. */
const onlyNews = new Set(["weight_high", "plc_write_waiting"]);

/** Alerts that only repeat what the batch's row says. */
const echoes = new Set(["batch_held", "push_failing", "booking_open"]);

function kindOf(row: Waiting, alerts: Alert[]): string {
  if (row.hold_kind) return row.hold_kind;
  if (row.state === "archived") return "booking_open";
  const own = alerts.find((alert) => !echoes.has(alert.kind));
  if (row.error_class) return row.error_class;
  if (alerts.some((alert) => alert.kind === "batch_held")) return "batch_held";
  return own?.kind ?? (row.state === "cancelled" || row.state === "failed" ? "cancelling" : "waiting");
}

function needsPerson(row: Waiting, alerts: Alert[]): boolean {
  return (
    row.state === "archived" ||
    Boolean(row.hold_kind) ||
    refusedByOdoo.has(row.error_class ?? "") ||
    alerts.some((alert) => !onlyNews.has(alert.kind) && alert.kind !== "push_failing")
  );
}

function ofRow(row: Waiting, alerts: Alert[]): Trouble {
  const person = needsPerson(row, alerts);
  return {
    key: `${row.equipment}/${row.mo_id}/${row.history_status ?? "queue"}`,
    kind: kindOf(row, alerts),
    line: row.equipment,
    mo_id: row.mo_id,
    batch_no: row.batch_no,
    state: row.history_status ? "archived" : row.state,
    severity: person ? "critical" : row.attempts > 0 ? "warning" : "info",
    reason: row.reason,
    advice: row.advice,
    since: alerts[0]?.raised_at ?? row.finished_at,
    needsPerson: person,
    waiting: row,
    alerts,
  };
}

function ofAlert(alert: Alert): Trouble {
  return {
    key: alert.alert_id,
    kind: alert.kind,
    line: alert.line,
    mo_id: alert.mo_id || null,
    batch_no: null,
    state: null,
    severity: alert.severity,
    reason: alert.text,
    advice: alert.advice,
    since: alert.raised_at,
    needsPerson: !onlyNews.has(alert.kind),
    alerts: [alert],
  };
}

const weight: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

export function gather(waiting: Waiting[], alerts: Alert[]): Trouble[] {
  const told = new Set<string>();
  const rows = waiting.map((row) => {
    const own = alerts.filter((alert) => alert.mo_id === row.mo_id);
    own.forEach((alert) => told.add(alert.alert_id));
    return ofRow(row, own);
  });
  const others = alerts.filter((alert) => !told.has(alert.alert_id)).map(ofAlert);
  return [...rows, ...others].sort(
    (a, b) =>
      Number(b.needsPerson) - Number(a.needsPerson) ||
      weight[a.severity] - weight[b.severity] ||
      (a.since ?? "").localeCompare(b.since ?? ""),
  );
}

/** The first of its alerts that nobody looks after. */
export function unacknowledged(trouble: Trouble): Alert | undefined {
  return trouble.alerts.find((alert) => !alert.acknowledged_at);
}

/** Somebody looks after all of it. */
export function isAcknowledged(trouble: Trouble): boolean {
  return trouble.alerts.length > 0 && !unacknowledged(trouble);
}

/** The likeliest decision first; the others stand behind it. */
const likeliest: Record<string, ActionId[]> = {
  implausible: ["accept", "reset"],
  invalid: ["reset", "set_aside"],
  nothing_consumed: ["set_aside", "reset"],
  zero_weight: ["set_aside", "reset"],
  vanished: ["produce", "set_aside", "cancel"],
  lost_in_plc: ["produce", "set_aside", "cancel"],
  in_doubt: ["produce", "set_aside", "cancel"],
  batch_stuck: ["set_aside", "cancel"],
};

/** Known by its alert alone: what does not need more than the order's name. */
const byAlert: Record<string, ActionId[]> = {
  batch_stuck: ["set_aside"],
  produced_unwanted: ["mark_solved"],
};

/** The buttons beside a trouble, the likeliest first. */
export function actionsFor(trouble: Trouble): ActionId[] {
  if (!trouble.waiting) return trouble.mo_id ? (byAlert[trouble.kind] ?? []) : [];
  const possible = offered(trouble.waiting.actions, trouble.state === "archived");
  const first = (likeliest[trouble.kind] ?? ["retry", "set_aside"]).filter((id) => possible.includes(id));
  return [...first, ...possible.filter((id) => !first.includes(id))];
}
