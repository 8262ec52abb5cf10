// A server with imagined answers: what the page shows in states that a real
// plant reaches rarely or never. It serves a dist/ folder with the headers of
// admin-gateway.
import { createServer } from "node:http";
import { readFileSync, existsSync } from "node:fs";
import path from "node:path";

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

const minutes = (n) => new Date(Date.now() - n * 60_000).toISOString();

const points = [..."abcdefghijklm"]
  .map((x, i) => ({ tag: `silo_${x}`, id: 101 + i, name: `SILO ${x.toUpperCase()}` }))
  .concat([
    { tag: "lq_tetes", id: 114, name: "LQ114" },
    { tag: "lq_fml", id: 115, name: "LQ115" },
  ]);
const components = ["Jagung giling", "Dedak halus", "Bungkil kedelai", "Pollard", "Tepung ikan", "Garam", "Kapur"];
const plan = [420, 0, 300, 85.5, 0, 0, 60, 12.25, 0, 0, 44, 0, 0, 55, 23.25];

function dosing(share, errors = {}) {
  return points.map((point, i) => ({
    ...point,
    component: plan[i] ? components[i % components.length] : null,
    planned: plan[i],
    actual: errors[point.tag] ?? Math.round(plan[i] * share * 100) / 100,
  }));
}

function slot(number, state, more = {}) {
  const share = { staged: 0, written: 0, running: 0.6, completed: 1, failed: 0.3, cancelled: 0 }[state] ?? 0;
  return {
    slot: number,
    empty: false,
    mo_id: `WH/MO/${String(number + 10).padStart(5, "0")}`,
    batch_id: `00000000-0000-4000-8000-0000000000${String(number).padStart(2, "0")}`,
    finished_goods: "[10092] JF SAPOT 1B <b>25 kg</b>",
    state,
    status_manufacturing: state === "completed",
    status_operation: state === "failed",
    ordered: 1000,
    weight: state === "completed" ? 1003.4 : 0,
    progress: share,
    last_read: minutes(1),
    last_change: minutes(1),
    revision: 3,
    pushed_revision: 2,
    hold: null,
    actions: [],
    dosing: dosing(share),
    ...more,
  };
}

const empty = (number) => ({ slot: number, empty: true, dosing: [] });

const implausible = {
  kind: "implausible",
  reason: "the PLC reports silo_c: above 5,000 kg (words 9 16176)",
  advice: "If the value is true: POST /api/admin/manual/accept-value/WH/MO/00013.",
  since: minutes(14),
};

function waiting(number, more) {
  return {
    batch_no: number,
    mo_id: `WH/MO/${String(number + 10).padStart(5, "0")}`,
    equipment: "PLC01",
    state: "completed",
    reason: "waits for its first push to Odoo",
    advice: "",
    error_class: null,
    attempts: 0,
    last_try: null,
    next_try: null,
    finished_at: minutes(20),
    actual_finished_goods: 1003.4,
    actual_consumptions: {},
    hold_kind: null,
    actions: ["retry", "reset", "reset_and_write", "set_aside", "cancel"],
    ...more,
  };
}

const stuckRows = [
  waiting(3, { state: "running", hold_kind: "implausible", actions: ["accept", "reset", "reset_and_write", "set_aside", "cancel"], reason: implausible.reason, advice: implausible.advice, finished_at: null }),
  waiting(2, {
    reason: "rejected: Component [1002] Bungkil kedelai is archived",
    advice: "Odoo refuses it: correct the order in Odoo.",
    error_class: "rejected",
    attempts: 4,
    last_try: minutes(2),
    next_try: minutes(-3),
  }),
  waiting(1, { reason: "unreachable: connection refused", error_class: "unreachable", attempts: 2, last_try: minutes(1), next_try: minutes(-1) }),
  waiting(9, { state: "archived", history_status: "cancelled", reason: "left the queue before its figures were booked in Odoo", notes: "set aside by Sari", actions: ["retry", "mark_solved"] }),
];

const alertRows = [
  {
    alert_id: "a1", line: "PLC01", kind: "batch_held", severity: "critical", mo_id: "WH/MO/00013",
    text: `WH/MO/00013 is held: ${implausible.reason}`, advice: implausible.advice, raised_at: minutes(14),
  },
  {
    alert_id: "a2", line: "PLC01", kind: "unknown_order", severity: "critical", mo_id: "WH/MO/77777",
    text: "the PLC reports WH/MO/77777 in slot 8, which nobody ordered", advice: "Look at the machine.", raised_at: minutes(40),
    acknowledged_at: minutes(35), acknowledged_by: "budi", acknowledge_notes: "asking the miller",
  },
  {
    alert_id: "a3", line: "PLC01", kind: "weight_high", severity: "warning", mo_id: "WH/MO/00005",
    text: "WH/MO/00005: weight 1063.00 kg is above the expected 1000 kg plus 50 kg", advice: "The value is used. Check the scale.", raised_at: minutes(90),
  },
];

function tasks() {
  const one = (number, task, interval_ms, ago, outcome, text) => ({
    line: "PLC01", number, task, enabled: true, interval: `${interval_ms / 60000}min`, interval_ms,
    last_run: minutes(ago), next_run: minutes(ago - interval_ms / 60000), last_outcome: outcome, last_text: text, running: false,
  });
  return [
    one(1, "sync_mo", 3_600_000, 31, "skipped", "4 batches are still in the queue"),
    one(2, "plc_read", 300_000, 1, "done", "4 slots read"),
    one(3, "process_completed", 180_000, 2, "failed", "Odoo: connection refused"),
    one(4, "health", 600_000, 5, "done", "3 alerts"),
  ];
}

const slots = () => [
  slot(1, "completed"),
  slot(2, "completed", { dosing: dosing(1, { silo_c: 331.5, silo_g: 52 }) }),
  slot(3, "running", { hold: implausible, dosing: dosing(0.6, { silo_c: 6060 }) }),
  slot(4, "running", { progress: 0.45 }),
  slot(5, "written"), slot(6, "staged"), slot(7, "failed"), empty(8), empty(9), empty(10),
];

function overview(stuck) {
  return {
    lines: [{
      line: "PLC01", reachable: true, last_cycle_at: minutes(1), last_error: "",
      counts: { staged: 1, written: 1, running: stuck ? 1 : 2, completed: 2, failed: 1, held: stuck ? 1 : 0 }, total: 7,
    }],
    parts: {
      broker: true,
      services: Object.fromEntries(["batch-store", "scheduler", "odoo-gateway", "plc-gateway"].map((name) => [name, { status: "online", version: "0.1.0", since: minutes(600) }])),
    },
    tasks: tasks(), alerts: stuck ? alertRows : [], stuck_total: stuck ? stuckRows.length : 0, archived_today: 128,
  };
}

function run(more = {}) {
  return {
    batch_id: "00000000-0000-4000-8000-000000000002", where: "queue", status: null, line: "PLC01", batch_no: 2,
    finished_goods: "[10092] JF SAPOT 1B", ordered: 1000, weight: 1003.4, state: "completed",
    staged_at: minutes(75), started_at: minutes(60), finished_at: minutes(20), archived_at: null, last_read: minutes(20),
    revision: 9, pushed_revision: 8, notes: null, booking_open: false, hold: null, actions: ["retry", "reset", "reset_and_write", "set_aside", "cancel"], dosing: dosing(1, { silo_c: 331.5, silo_g: 52 }),
    push: { attempts: 4, error_class: "rejected", error_text: "Component [1002] Bungkil kedelai is archived", last_try: minutes(2), next_try: minutes(-3) },
    timeline: [
      { at: minutes(75), type: "staged", text: "slot 2, 1000 kg ordered", data: {} },
      { at: minutes(74), type: "written", text: "written to slot 2", data: {} },
      { at: minutes(60), type: "started", text: "the PLC reports its first figures", data: {} },
      { at: minutes(20), type: "finished", text: "1003.4 kg", data: {} },
      { at: minutes(2), type: "push_failed", text: "rejected: Component [1002] Bungkil kedelai is archived", data: {} },
    ],
    audit: [{ at: minutes(10), action: "reset", user: "sari", notes: "scale was blocked", outcome: "WH/MO/00012 has status 0 again" }],
    ...more,
  };
}

function history(parameters) {
  const total = 61;
  const offset = Number(parameters.get("offset") ?? 0);
  const statuses = ["completed", "completed", "completed", "cancelled", "cleared", "failed"];
  const rows = Array.from({ length: Math.min(25, total - offset) }, (_, i) => ({
    id: `h${offset + i}`, batch_no: (i % 10) + 1, mo_id: `WH/MO/${String(900 - offset - i).padStart(5, "0")}`, consumption: 1000,
    equipment_id_batch: "PLC01", finished_goods: "[10092] JF SAPOT 1B", actual_weight_quantity_finished_goods: 998.25 + i,
    status: parameters.get("status") ?? statuses[i % statuses.length], notes: i % 4 === 3 ? "cancelled by sari: wrong product" : null,
    finished_at: minutes(60 * (offset + i)), archived_at: minutes(60 * (offset + i) - 1),
  }));
  return { total, limit: 25, offset, histories: rows };
}

function trends() {
  const days = Array.from({ length: 14 }, (_, i) => new Date(Date.now() - (13 - i) * 86_400_000).toISOString().slice(0, 10));
  return {
    from: days[0], to: days[13],
    days: days.map((day, i) => ({ day, batches: 90 + ((i * 7) % 23), weight: 90_000 + ((i * 7919) % 23_000), ordered: 92_000 + ((i * 7919) % 21_000) })),
    dosing: points.map((point, i) => ({ ...point, planned: plan[i] * 300, actual: plan[i] * 300 * (1 + (((i * 13) % 9) - 4) / 100), batches: plan[i] ? 300 : 0 })),
    push_latency: days.map((day, i) => ({ day, batches: 90, median_s: 2 + (i % 4), worst_s: 12 + ((i * 37) % 70) })),
  };
}

function memory(area) {
  const base = area === "read" ? 6000 : 7000;
  const words = Array.from({ length: 977 }, (_, i) => (i % 100 === 0 ? i / 100 + 1 : 0));
  [22344, 12109, 20271, 12336, 12337, 12544].forEach((word, i) => (words[i + 1] = word));
  words[26] = 34464;
  return {
    line: "PLC01", area, address: `D${base}`, base, read_at: minutes(0), words,
    slots: Array.from({ length: 10 }, (_, i) => ({
      slot: i + 1, address: `D${base + 100 * i}`, problem: i === 2 ? { field: "silo_c", rule: "above 5,000 kg", raw_words: [9, 16176] } : null,
      order_name: i < 7 ? `WH/MO/${String(i + 11).padStart(5, "0")}` : "", bom_code: "BOM-1", finished_goods: "[10092] JF SAPOT", quantity: 1000,
      dosing: points.map((point, j) => ({ tag: point.tag, id: point.id, amount: plan[j] })),
      status_manufacturing: i < 2, status_operation: i === 6, weight: i < 2 ? 1003.4 : 0, status_read_data: i === 0,
    })),
  };
}

const users = [
  { user: "budi", role: "admin", disabled: false, created_at: minutes(90000), last_login_at: minutes(3) },
  { user: "sari", role: "operator", disabled: false, created_at: minutes(80000), last_login_at: minutes(500) },
  { user: "tamu", role: "viewer", disabled: true, created_at: minutes(70000), last_login_at: null },
];
const tokens = [
  { id: "t1", user: "budi", label: "label printer", role: "viewer", created_at: minutes(9000), expires_at: minutes(-90000), last_used_at: minutes(1) },
];
const taskLog = () =>
  Array.from({ length: 20 }, (_, i) => ({
    at: minutes(i * 3), line: "PLC01", number: (i % 4) + 1, task: ["sync_mo", "plc_read", "process_completed", "health"][i % 4],
    outcome: ["skipped", "done", "failed", "done"][i % 4], text: "as the task told it",
  }));

export class Stage {
  /** Changed by tests while the page looks. */
  role = "operator";
  guests = false;
  authenticated = true;
  stuck = true;
  away = ""; // the part that is away: 503
  silent = false; // requests get no answer
  posts = [];
  answerToPost = { status: 200, message: "booked in Odoo" };
  streams = new Set();

  constructor(dist) {
    this.dist = dist;
    this.server = createServer((request, response) => this.serve(request, response));
  }

  async start(port = 0) {
    await new Promise((ready) => this.server.listen(port, "127.0.0.1", ready));
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}/`;
    return this;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  tell(type, data) {
    for (const stream of this.streams) stream.write(`id: ${Date.now()}\nevent: ${type}\ndata: ${JSON.stringify({ type, data })}\n\n`);
  }

  session() {
    const role = this.authenticated ? this.role : this.guests ? "viewer" : "nobody";
    return { auth: "on", authenticated: this.authenticated, user: this.authenticated ? "sari" : "", role, csrf: "c5rf", guests: this.guests, setup_needed: false };
  }

  serve(request, response) {
    const url = new URL(request.url, "http://stage");
    if (!url.pathname.startsWith("/api/")) return this.file(url.pathname, response);
    if (this.silent) return;
    const name = decodeURIComponent(url.pathname.slice(5));
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      if (name === "events") return this.stream(request, response);
      const [status, data, message] = this.answer(request, name, url.searchParams, body);
      response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
      response.end(JSON.stringify({ status: status < 400 ? "success" : "error", message: message ?? "", data: data ?? {} }));
    });
  }

  file(name, response) {
    const file = path.join(this.dist, path.normalize(name === "/" ? "/index.html" : name));
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[path.extname(file)], "content-security-policy": policy });
    response.end(readFileSync(file));
  }

  stream(request, response) {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": here\n\n");
    this.streams.add(response);
    response.on("close", () => this.streams.delete(response));
  }

  answer(request, name, parameters, body) {
    const read = request.method === "GET";
    if (name === "session" && read) return [200, this.session()];
    if (name === "session" && request.method === "POST") return this.logIn(JSON.parse(body));
    if (name === "session") return (this.authenticated = false), [200, {}];
    if (name === "setup") return (this.authenticated = true), [200, this.session()];
    if (!this.authenticated && !this.guests) return [401, {}, "log in first"];
    if (this.away) return [503, { missing: [this.away] }, `missing: ${this.away}`];
    if (!read) return this.change(request, name, parameters, body);
    const found = this.views(name, parameters);
    return found ? [200, found] : [404, {}, `${name} is not there`];
  }

  logIn({ user, password }) {
    if (password !== "right password") return [401, {}, "user or password is wrong"];
    this.authenticated = true;
    return [200, { ...this.session(), user }];
  }

  change(request, name, parameters, body) {
    this.posts.push({ method: request.method, name, notes: parameters.get("notes"), csrf: request.headers["x-csrf-token"], body });
    if (name === "tokens") return [200, { token: "mr_0123456789abcdefghij" }];
    const { status, message } = this.answerToPost;
    return [status, {}, message];
  }

  views(name, parameters) {
    if (name.startsWith("batches/"))
      return name.endsWith("/99999") ? null : { mo_id: name.slice(8), runs: [run(), run({ batch_id: "earlier", where: "history", status: "completed", state: "archived", archived_at: minutes(900), actions: [], push: { attempts: 1, error_class: null, error_text: null, last_try: null, next_try: null }, revision: 4, pushed_revision: 4 })] };
    const found = {
      overview: () => overview(this.stuck),
      "lines/PLC01": () => ({ line: "PLC01", last_read: minutes(1), reachable: true, slots: slots() }),
      alerts: () => ({ total: this.stuck ? alertRows.length : 0, alerts: this.stuck ? alertRows : [] }),
      "admin/failed-to-push": () => ({ total: this.stuck ? stuckRows.length : 0, batches: this.stuck ? stuckRows : [] }),
      "admin/history": () => history(parameters),
      "admin/scheduler/status": () => ({ enabled: true, online: true, tasks: tasks() }),
      "tasks/log": () => ({ runs: taskLog() }),
      audit: () => ({ total: 1, limit: 50, offset: 0, entries: [{ at: minutes(10), line: "PLC01", mo_id: "WH/MO/00012", action: "reset", user: "sari", notes: "scale was blocked", outcome: "status 0 again" }] }),
      trends,
      "plc/PLC01/memory": () => memory(parameters.get("area") ?? "read"),
      users: () => (this.role === "admin" ? { users } : null),
      tokens: () => ({ tokens }),
    }[name];
    return found ? found() : null;
  }
}

if (process.argv[1]?.endsWith("stage.mjs")) {
  const stage = await new Stage(process.argv[2] ?? "services/admin-gateway/web/dist").start(8123);
  stage.role = "admin";
  console.log(stage.url);
}
