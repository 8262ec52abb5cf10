// The answers of the admin API, as far as the page uses them.

export type Role = "nobody" | "viewer" | "operator" | "admin";

export interface Session {
  auth: "on" | "off";
  authenticated: boolean;
  user: string;
  role: Role;
  csrf: string;
  guests: boolean;
  setup_needed: boolean;
}

export interface Task {
  line: string;
  number: number;
  task: string;
  enabled: boolean;
  interval: string;
  interval_ms: number;
  last_run: string | null;
  next_run: string | null;
  last_outcome: "done" | "skipped" | "failed" | null;
  last_text: string;
  running: boolean;
}

export type Severity = "info" | "warning" | "critical";

export interface Alert {
  alert_id: string;
  line: string;
  kind: string;
  severity: Severity;
  mo_id: string | null;
  text: string;
  advice: string;
  raised_at: string;
  /** Who looks after it; an older server does not say. */
  acknowledged_at?: string | null;
  acknowledged_by?: string | null;
  acknowledge_notes?: string | null;
}

export interface ServiceState {
  status: string;
  version?: string;
  since?: string;
}

export interface LineSummary {
  line: string;
  /** Null: not heard of yet. */
  reachable: boolean | null;
  last_cycle_at: string | null;
  last_error: string | null;
  /** By state; absent while batch-store is away. */
  counts?: Record<string, number>;
  total?: number;
}

export interface Overview {
  lines: LineSummary[];
  parts: { broker: boolean; services: Record<string, ServiceState> };
  tasks: Task[];
  /** This and the following: null while batch-store is away. */
  alerts: Alert[] | null;
  stuck_total: number | null;
  archived_today: number | null;
}

export interface Hold {
  kind: string;
  reason: string;
  advice: string;
  since: string;
}

export interface Dosing {
  tag: string;
  id: number;
  name: string;
  component: string | null;
  planned: number;
  actual: number;
}

export interface Slot {
  slot: number;
  empty: boolean;
  mo_id: string;
  batch_id: string;
  finished_goods: string;
  state: string;
  status_manufacturing: boolean;
  status_operation: boolean;
  ordered: number;
  weight: number;
  progress: number;
  last_read: string | null;
  last_change: string | null;
  revision: number;
  pushed_revision: number;
  hold: Hold | null;
  dosing: Dosing[];
}

export interface LinePicture {
  line: string;
  last_read: string | null;
  reachable: boolean;
  slots: Slot[];
}

export interface Push {
  attempts: number;
  error_class: string | null;
  error_text: string | null;
  last_try: string | null;
  next_try: string | null;
}

export interface TimelineEntry {
  at: string;
  type: string;
  text: string;
  data?: unknown;
}

export interface AuditEntry {
  at: string;
  line?: string;
  mo_id?: string;
  action: string;
  user: string;
  notes: string | null;
  outcome: string;
}

export interface Run {
  batch_id: string;
  where: "queue" | "history";
  status: string | null;
  line: string;
  batch_no: number;
  finished_goods: string;
  ordered: number;
  weight: number;
  state: string;
  staged_at: string | null;
  started_at: string | null;
  finished_at: string | null;
  archived_at: string | null;
  last_read: string | null;
  revision: number;
  pushed_revision: number;
  notes: string | null;
  booking_open: boolean;
  hold: Hold | null;
  dosing: Dosing[];
  /** What a person can decide now, by name. */
  actions: string[];
  push: Push;
  timeline: TimelineEntry[];
  audit: AuditEntry[];
}

export interface BatchLife {
  mo_id: string;
  runs: Run[];
}

export interface Waiting {
  batch_no: number;
  mo_id: string;
  equipment: string;
  state: string;
  reason: string;
  advice: string;
  error_class: string | null;
  attempts: number;
  last_try: string | null;
  next_try: string | null;
  finished_at: string | null;
  actual_finished_goods: number;
  history_status?: string;
  notes?: string | null;
  hold_kind: string | null;
  /** What a person can decide now, by name. */
  actions: string[];
}

export interface HistoryRow {
  id: string;
  batch_no: number;
  mo_id: string;
  consumption: number;
  equipment_id_batch: string;
  finished_goods: string;
  actual_weight_quantity_finished_goods: number;
  status: string;
  notes: string | null;
  finished_at: string | null;
  archived_at: string | null;
}

export interface HistoryPage {
  total: number;
  limit: number;
  offset: number;
  histories: HistoryRow[];
}

export interface Trends {
  from: string;
  to: string;
  days: { day: string; batches: number; weight: number; ordered: number }[];
  dosing: { tag: string; name: string; planned: number; actual: number; batches: number }[];
  push_latency: { day: string; batches: number; median_s: number; worst_s: number }[];
}

export interface MemorySlot {
  slot: number;
  address: string;
  problem: { field: string; rule: string; raw_words: number[] } | null;
  order_name: string;
  bom_code: string;
  finished_goods: string;
  quantity: number;
  dosing: { tag: string; id: number; amount: number }[];
  status_manufacturing: boolean | number;
  status_operation: boolean | number;
  weight: number;
  status_read_data: boolean | number;
}

export interface Memory {
  line: string;
  area: "read" | "write";
  address: string;
  base: number;
  read_at: string;
  words: number[];
  slots: MemorySlot[];
}

export interface TaskRun {
  at: string;
  line: string;
  task: string;
  number: number;
  outcome: string;
  text: string;
}

export interface User {
  user: string;
  role: Role;
  disabled: boolean;
  created_at: string | null;
  last_login_at: string | null;
}

export interface Token {
  id: string;
  user: string;
  label: string;
  role: Role;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
}
